// SPDX-License-Identifier: Apache-2.0
#include "measure/sampler/space.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const std::string& message) { throw Error(ErrorKind::kInput, message); }

/// Counts of a whole configuration that rules may speak of beside its parameters.
constexpr std::array<std::string_view, 2> kCounts = {"macs", "bytes"};

RuleOperand ParseOperand(const LayerType& type, std::string_view text, std::string_view rule) {
  RuleOperand operand;
  const std::size_t times = text.find('*');
  if (times != std::string_view::npos) {
    const auto factor = ParseDouble(Trim(text.substr(0, times)));
    if (!factor) Fail("rule '" + Printable(rule, 60) + "': write NUMBER * NAME");
    operand.factor = *factor;
    text = Trim(text.substr(times + 1));
  } else if (const auto number = ParseDouble(text)) {
    operand.factor = *number;
    return operand;
  }
  std::vector<std::string> known(kCounts.begin(), kCounts.end());
  for (const Param& param : type.params) known.emplace_back(param.name);
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    Fail("rule '" + Printable(rule, 60) + "': '" + Printable(text, 40) +
         "' is no number and no parameter of " + std::string(type.name) + "; there are " +
         Join(known, ", "));
  }
  operand.name = text;
  return operand;
}

std::vector<double> Values(const RuleOperand& operand, const LayerSpec& spec) {
  if (operand.name.empty()) return {operand.factor};
  if (operand.name == "macs") {
    return {operand.factor * static_cast<double>(spec.CountWork().macs)};
  }
  if (operand.name == "bytes") {
    return {operand.factor * static_cast<double>(spec.CountWork().bytes())};
  }
  const std::size_t first = spec.SlotOf(operand.name);
  std::vector<double> values;
  for (std::size_t i = 0; i < SlotsAt(spec.type(), first); ++i) {
    values.push_back(operand.factor * static_cast<double>(spec[first + i]));
  }
  return values;
}

bool Related(double left, Rule::Relation relation, double right) {
  switch (relation) {
    case Rule::Relation::kEqual:
      return left == right;
    case Rule::Relation::kAtMost:
      return left <= right;
    case Rule::Relation::kAtLeast:
      break;
  }
  return left >= right;
}

bool IsParam(const RuleOperand& operand) {
  return !operand.name.empty() &&
         std::find(kCounts.begin(), kCounts.end(), operand.name) == kCounts.end();
}

void Assign(const Rule& rule, LayerSpec& spec) {
  const std::vector<double> values = Values(rule.right, spec);
  const std::size_t first = spec.SlotOf(rule.left.name);
  for (std::size_t i = 0; i < SlotsAt(spec.type(), first); ++i) {
    spec.Set(first + i, std::llround(values[i % values.size()]));
  }
}

}  // namespace

Rule ParseRule(const LayerType& type, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Rule::Relation>, 3> kRelations = {
      {{"==", Rule::Relation::kEqual},
       {"<=", Rule::Relation::kAtMost},
       {">=", Rule::Relation::kAtLeast}}};
  for (const auto& [sign, relation] : kRelations) {
    const std::size_t at = text.find(sign);
    if (at == std::string_view::npos) continue;
    return {.left = ParseOperand(type, Trim(text.substr(0, at)), text),
            .relation = relation,
            .right = ParseOperand(type, Trim(text.substr(at + sign.size())), text),
            .text = std::string(text)};
  }
  Fail("rule '" + Printable(text, 60) + "' has none of ==, <=, >=");
}

bool Holds(const Rule& rule, const LayerSpec& spec) {
  const std::vector<double> left = Values(rule.left, spec);
  const std::vector<double> right = Values(rule.right, spec);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (!Related(left[i % left.size()], rule.relation, right[i % right.size()])) return false;
  }
  return true;
}

const Param& ParamAt(const LayerType& type, std::size_t first_slot) {
  std::size_t slot = 0;
  for (const Param& param : type.params) {
    if (slot == first_slot) return param;
    slot += Slots(param.kind);
  }
  throw std::logic_error("no parameter begins at this slot");
}

std::size_t SlotsAt(const LayerType& type, std::size_t first_slot) {
  return Slots(ParamAt(type, first_slot).kind);
}

bool Space::Assigns(const Rule& rule) const {
  if (rule.relation != Rule::Relation::kEqual || !IsParam(rule.left)) return false;
  return rule.left.factor == 1 && !ranges.contains(LayerSpec(*type).SlotOf(rule.left.name));
}

void CheckSpace(const Space& space) {
  const LayerType& type = *space.type;
  std::size_t slot = 0;
  for (const Param& param : type.params) {
    const auto range = space.ranges.find(slot);
    const bool assigned = std::any_of(space.rules.begin(), space.rules.end(), [&](const Rule& r) {
      return space.Assigns(r) && r.left.name == param.name;
    });
    if (range == space.ranges.end() && !assigned && !param.default_value) {
      Fail(std::string(type.name) + ": parameter '" + std::string(param.name) +
           "' has no range; give it one, or a rule '" + std::string(param.name) + " == ...'");
    }
    if (range != space.ranges.end() && range->second.choices.empty() &&
        range->second.most < param.min) {
      Fail(std::string(type.name) + ": " + std::string(param.name) + " must be at least " +
           std::to_string(param.min));
    }
    slot += Slots(param.kind);
  }
}

namespace {

/// Fills in what the rules assign; then the first rule that does not hold. Throws if the layer
/// itself is not valid.
const Rule* FirstBroken(const Space& space, LayerSpec& spec) {
  for (const Rule& rule : space.rules) {
    if (space.Assigns(rule)) Assign(rule, spec);
  }
  spec.Validate();
  const auto holds = [&](const Rule& rule) { return Holds(rule, spec); };
  const auto broken = std::ranges::find_if_not(space.rules, holds);
  return broken == space.rules.end() ? nullptr : &*broken;
}

}  // namespace

bool Complete(const Space& space, LayerSpec& spec) {
  try {
    return FirstBroken(space, spec) == nullptr;
  } catch (const Error&) {
    return false;
  }
}

std::string WhyNot(const Space& space, LayerSpec spec) {
  try {
    const Rule* broken = FirstBroken(space, spec);
    return broken ? spec.ToString() + " breaks the rule '" + broken->text + "'" : "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace joulecast
