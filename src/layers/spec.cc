// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/layer.h"
#include "layers/catalog.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const LayerType& type, const std::string& message) {
  throw Error(ErrorKind::kInput, std::string(type.name) + ": " + message);
}

std::string ParamNames(const LayerType& type) {
  std::vector<std::string> names;
  for (const Param& param : type.params) names.emplace_back(param.name);
  return Join(names, ", ");
}

/// Of the caller's own or the catalogue: other passes are asked for by a parameter.
const LayerType& TypeOrThrow(std::string_view name, OwnLayerTypes own) {
  if (const LayerType* type = FindLayerType(name, own)) return *type;
  std::vector<std::string> known;
  for (const LayerType* type : own) known.emplace_back(type->name);
  for (const LayerType* type : LayerCatalog()) known.emplace_back(type->name);
  const auto close = ClosestName(name, known);
  throw Error(ErrorKind::kInput,
              "unknown layer type '" + Printable(name, 40) + "'" +
                  (close ? "; did you mean '" + *close + "'?" : "; known: " + Join(known, ", ")));
}

/// The type in the pass that one of the words names, which is taken out.
const LayerType& TakePass(const LayerType& forward, std::vector<std::string_view>& words) {
  constexpr std::string_view kKey = "pass=";
  const auto is_pass = [&](std::string_view word) { return word.starts_with(kKey); };
  const auto word = std::find_if(words.begin(), words.end(), is_pass);
  if (word == words.end()) return forward;
  const std::string_view name = word->substr(kKey.size());
  words.erase(word);
  if (std::any_of(words.begin(), words.end(), is_pass)) Fail(forward, "'pass' is given twice");
  for (const LayerPass pass : {LayerPass::kForward, LayerPass::kTraining, LayerPass::kBackward}) {
    if (name != Name(pass)) continue;
    if (const LayerType* type = TypeOfPass(forward, pass)) return *type;
    Fail(forward, pass == LayerPass::kTraining
                      ? "it has no pass of its own in training: leave pass=training out"
                      : "it has no backward pass: no gradient goes through it, or as a view only");
  }
  Fail(forward, "pass=" + Printable(name, 40) + " is none of forward, training and backward");
}

bool IsPadding(ParamKind kind) {
  return kind == ParamKind::kPadding1d || kind == ParamKind::kPadding ||
         kind == ParamKind::kPadding3d;
}

/// "1", "1x2" or "1x2x3x4" into the slots of one parameter.
void ReadValue(const LayerType& type, const Param& param, std::string_view text,
               std::int64_t* slots) {
  const auto fail = [&](std::string_view expected) {
    Fail(type,
         std::string(param.name) + "=" + Printable(text, 40) + " is not " + std::string(expected));
  };
  if (param.kind == ParamKind::kDType) {
    const auto dtype = DTypeFromName(text);
    if (!dtype) fail("an element type such as f32, f16, bf16 or i8");
    slots[0] = static_cast<std::int64_t>(*dtype);
    return;
  }
  std::vector<std::int64_t> numbers;
  for (const std::string_view part : Split(text, 'x')) {
    const auto number = ParseInt(part);
    if (!number) fail("a number, or numbers joined by 'x'");
    numbers.push_back(*number);
  }
  const std::size_t count = Slots(param.kind);
  if (numbers.size() == 1) numbers.resize(count, numbers[0]);
  if (IsPadding(param.kind) && 2 * numbers.size() == count) {
    for (std::size_t i = 0; i < count / 2; ++i) numbers.push_back(numbers[i]);
  }
  if (numbers.size() != count) fail("of the right length");
  std::copy(numbers.begin(), numbers.end(), slots);
}

/// Paddings that are the same at both ends are written once; what is the same along all axes, too.
std::string WriteValue(const Param& param, const std::int64_t* slots) {
  if (param.kind == ParamKind::kDType) return std::string(Name(static_cast<DType>(slots[0])));
  std::span<const std::int64_t> numbers(slots, Slots(param.kind));
  const bool is_size = param.kind == ParamKind::kSize2d || param.kind == ParamKind::kSize3d;
  if (IsPadding(param.kind)) {
    const auto before = numbers.first(numbers.size() / 2);
    const auto after = numbers.last(numbers.size() / 2);
    if (std::equal(before.begin(), before.end(), after.begin())) numbers = before;
  }
  const bool is_one = std::all_of(numbers.begin(), numbers.end(),
                                  [&](std::int64_t number) { return number == numbers[0]; });
  if (is_one && !is_size) return std::to_string(numbers[0]);
  return ToString(Shape(numbers.begin(), numbers.end()));
}

}  // namespace

std::string_view Name(LayerPass pass) {
  switch (pass) {
    case LayerPass::kForward:
      return "forward";
    case LayerPass::kTraining:
      return "training";
    case LayerPass::kBackward:
      break;
  }
  return "backward";
}

std::string_view Name(Part part) {
  switch (part) {
    case Part::kArithmetic:
      return "arithmetic";
    case Part::kInput:
      return "input";
    case Part::kOutput:
      return "output";
    case Part::kWeights:
      return "weights";
    case Part::kOverhead:
      break;
  }
  return "overhead";
}

bool HasParam(const LayerType& type, std::string_view name) {
  return std::any_of(type.params.begin(), type.params.end(),
                     [&](const Param& param) { return param.name == name; });
}

std::size_t SlotCount(const LayerType& type) {
  std::size_t count = 0;
  for (const Param& param : type.params) count += Slots(param.kind);
  return count;
}

std::size_t DTypeSlot(const LayerType& type) {
  std::size_t slot = 0;
  for (const Param& param : type.params) {
    if (param.kind == ParamKind::kDType) return slot;
    slot += Slots(param.kind);
  }
  throw std::logic_error(std::string(type.name) + " has no element type");
}

LayerSpec::LayerSpec(const LayerType& type) : type_(&type) {
  std::size_t slot = 0;
  for (const Param& param : type.params) {
    for (std::size_t i = 0; i < Slots(param.kind); ++i)
      slots_[slot++] = param.default_value.value_or(0);
  }
}

LayerSpec LayerSpec::Parse(std::string_view text, OwnLayerTypes own) {
  std::vector<std::string_view> words = SplitBlanks(text);
  if (words.empty()) throw Error(ErrorKind::kInput, "empty layer specification");
  const LayerType& type = TakePass(TypeOrThrow(words[0], own), words);
  LayerSpec spec(type);
  std::vector<bool> given(type.params.size(), false);
  for (const std::string_view word : std::span(words).subspan(1)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      Fail(type, "'" + Printable(word, 40) + "' is not of the form name=value");
    }
    const std::string_view name = word.substr(0, equals);
    std::size_t slot = 0;
    std::size_t index = 0;
    while (index < type.params.size() && type.params[index].name != name) {
      slot += Slots(type.params[index++].kind);
    }
    if (index == type.params.size()) {
      Fail(type, "no parameter '" + Printable(name, 40) + "'; it has " + ParamNames(type));
    }
    if (given[index]) Fail(type, "'" + std::string(name) + "' is given twice");
    given[index] = true;
    ReadValue(type, type.params[index], word.substr(equals + 1), &spec.slots_[slot]);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i] && !type.params[i].default_value) {
      Fail(type, "'" + std::string(type.params[i].name) + "' is missing");
    }
  }
  spec.Validate();
  return spec;
}

std::size_t LayerSpec::SlotOf(std::string_view param) const {
  std::size_t slot = 0;
  for (const Param& each : type_->params) {
    if (each.name == param) return slot;
    slot += Slots(each.kind);
  }
  Fail(*type_, "no parameter '" + std::string(param) + "'; it has " + ParamNames(*type_));
}

void LayerSpec::Validate() const {
  std::size_t slot = 0;
  for (const Param& param : type_->params) {
    const std::int64_t most = LargestValue(param.kind);
    for (std::size_t i = 0; i < Slots(param.kind); ++i, ++slot) {
      if (param.kind == ParamKind::kDType) {
        if (Bits(static_cast<DType>(slots_[slot])) == 0) {
          Fail(*type_, "the element type is not known");
        }
      } else if (slots_[slot] < param.min || slots_[slot] > most) {
        Fail(*type_, std::string(param.name) + "=" + std::to_string(slots_[slot]) + " is outside " +
                         std::to_string(param.min) + ".." + std::to_string(most));
      }
    }
  }
  if (type_->check != nullptr) type_->check(*this);
  CountWork();  // throws where a product overflows
}

std::string LayerSpec::ToString() const {
  std::string text(type_->forward == nullptr ? type_->name : type_->forward->name);
  std::size_t slot = 0;
  for (const Param& param : type_->params) {
    const std::int64_t* first = &slots_[slot];
    slot += Slots(param.kind);
    const bool is_default =
        param.default_value && std::all_of(first, &slots_[slot], [&](std::int64_t value) {
          return value == *param.default_value;
        });
    if (is_default && !param.shown) continue;
    text += ' ';
    text += param.name;
    text += '=';
    text += WriteValue(param, first);
  }
  if (type_->forward != nullptr) (text += " pass=") += Name(type_->pass);
  return text;
}

LayerSpec LayerSpec::Forward() const {
  if (type_->forward == nullptr) return *this;
  LayerSpec spec(*type_->forward);
  const std::size_t count = SlotCount(spec.type());
  for (std::size_t slot = 0; slot < count; ++slot) spec.Set(slot, slots_[slot]);
  return spec;
}

std::optional<LayerSpec> LayerSpec::InPass(LayerPass pass) const {
  const LayerSpec forward = Forward();
  const LayerType* type = TypeOfPass(forward.type(), pass);
  if (type == nullptr) return std::nullopt;
  LayerSpec spec(*type);
  const std::size_t count = SlotCount(forward.type());
  for (std::size_t slot = 0; slot < count; ++slot) spec.Set(slot, forward[slot]);
  if (pass == LayerPass::kBackward && HasParam(*type, "inplace")) {
    spec.Set(spec.SlotOf("inplace"), 0);
  }
  return spec;
}

}  // namespace joulecast
