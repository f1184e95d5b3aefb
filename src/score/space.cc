// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/score.h"
#include "score/expression.h"
#include "score/search.h"

namespace joulecast {
namespace {

/// Forecasts of all tables together: 160 MB, some seconds to make.
constexpr std::uint64_t kMostForecasts = std::uint64_t{1} << 22;

std::uint32_t PlaceOf(std::span<const Decision> decisions, std::string_view name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i].name == name) return static_cast<std::uint32_t>(i);
    known.push_back(decisions[i].name);
  }
  const auto close = ClosestName(name, known);
  throw Error(ErrorKind::kInput, "no decision '" + Printable(name, 40) + "'" +
                                     (close ? "; did you mean '" + *close + "'?"
                                            : "; there are: " + Join(known, ", ")));
}

/// What a layer depends on, each decision once, in order.
std::vector<std::uint32_t> DependencesOf(const TemplateLayer& layer,
                                         std::span<const Decision> decisions) {
  std::vector<std::uint32_t> places;
  for (const std::string& name : NamesIn(layer.spec)) places.push_back(PlaceOf(decisions, name));
  for (const auto& each : layer.when) places.push_back(PlaceOf(decisions, each.decision));
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

std::int64_t OptionOf(std::span<const Decision> decisions, std::span<const std::uint32_t> decided,
                      std::string_view name) {
  const std::uint32_t place = PlaceOf(decisions, name);
  return decisions[place].options[decided[place]];
}

/// The layer as decided; nullopt where it is left out.
std::optional<LayerSpec> Instance(const TemplateLayer& layer, std::span<const Decision> decisions,
                                  std::span<const std::uint32_t> decided, OwnLayerTypes own) {
  const auto look = [&](std::string_view name) { return OptionOf(decisions, decided, name); };
  for (const auto& each : layer.when) {
    const auto& wanted = each.options;
    if (std::find(wanted.begin(), wanted.end(), look(each.decision)) == wanted.end()) {
      return std::nullopt;
    }
  }
  return LayerSpec::Parse(Fill(layer.spec, look), own);
}

void CheckDecision(const Decision& decision) {
  const auto fail = [&](const std::string& why) {
    throw Error(ErrorKind::kInput, "the decision '" + Printable(decision.name, 40) + "' " + why);
  };
  if (NamesIn("{" + decision.name + "}") != std::vector{decision.name}) {
    fail("needs a name of letters, digits and _, with a letter first");
  }
  if (decision.options.empty()) fail("has no options");
  if (!decision.scores.empty() && decision.scores.size() != decision.options.size()) {
    fail("has " + std::to_string(decision.options.size()) + " options and " +
         std::to_string(decision.scores.size()) + " scores");
  }
}

void CheckDecisions(std::span<const Decision> decisions) {
  std::map<std::string, int> names;
  for (const Decision& decision : decisions) {
    CheckDecision(decision);
    if (++names[decision.name] > 1) {
      throw Error(ErrorKind::kInput, "two decisions are called '" + decision.name + "'");
    }
  }
}

/// nullopt past 2^63.
std::optional<std::uint64_t> SizeOf(std::span<const Decision> decisions) {
  std::int64_t size = 1;
  for (const Decision& decision : decisions) {
    const auto options = static_cast<std::int64_t>(decision.options.size());
    if (__builtin_mul_overflow(size, options, &size)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(size);
}

}  // namespace

CandidateSpace::CandidateSpace(CandidateTemplate candidates, const Predictor& predictor,
                               OwnLayerTypes own)
    : candidates_(std::move(candidates)), predictor_(predictor), own_(own) {
  const std::span<const Decision> decisions = candidates_.decisions;
  CheckDecisions(decisions);
  if (candidates_.layers.empty()) throw Error(ErrorKind::kInput, "the template has no layers");
  size_ = SizeOf(decisions);
  for (const TemplateLayer& layer : candidates_.layers) {
    const std::string place =
        "layer " + std::to_string(tables_.size() + 1) + " (" + Printable(layer.spec, 80) + ")";
    Decided decided(decisions.size(), 0);
    try {
      AddTable(layer, decided);
    } catch (const Error& error) {
      const std::string with = Describe(decided);
      throw Error(error.kind(),
                  place + (with.empty() ? "" : " with " + with) + ": " + error.what());
    }
  }
}

void CandidateSpace::AddTable(const TemplateLayer& layer, Decided& decided) {
  const std::span<const Decision> decisions = candidates_.decisions;
  const std::vector<std::uint32_t> places = DependencesOf(layer, decisions);
  tables_.push_back({entries_.size(), dependences_.size(), places.size()});
  std::uint64_t size = 1;
  for (const std::uint32_t place : places) {
    dependences_.push_back({place, static_cast<std::uint32_t>(size)});
    size *= decisions[place].options.size();
    if (entries_.size() + size > kMostForecasts) {
      throw Error(ErrorKind::kInput, "it depends on too many decisions: more than " +
                                         std::to_string(kMostForecasts) +
                                         " forecasts in all; let layers depend on fewer");
    }
  }
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto spec = Instance(layer, decisions, decided, own_);
    entries_.push_back(spec ? CostOf(*spec, predictor_) : CandidateCost());
    for (const std::uint32_t place : places) {  // the next: the first counts fastest
      if (++decided[place] < decisions[place].options.size()) break;
      decided[place] = 0;
    }
  }
}

CandidateCost CandidateSpace::Cost(std::span<const std::uint32_t> decided) const {
  CandidateCost cost;
  for (const LayerTable& table : tables_) {
    std::size_t at = table.first;
    const Dependence* dependence = dependences_.data() + table.first_dependence;
    for (std::size_t i = 0; i < table.dependences; ++i, ++dependence) {
      at += std::size_t{decided[dependence->decision]} * dependence->stride;
    }
    Add(cost, entries_[at]);
  }
  for (std::size_t i = 0; i < candidates_.decisions.size(); ++i) {
    const std::vector<double>& scores = candidates_.decisions[i].scores;
    if (!scores.empty()) cost.score += scores[decided[i]];
  }
  return cost;
}

std::vector<LayerSpec> CandidateSpace::Layers(std::span<const std::uint32_t> decided) const {
  std::vector<LayerSpec> specs;
  for (const TemplateLayer& layer : candidates_.layers) {
    auto spec = Instance(layer, candidates_.decisions, decided, own_);
    if (spec) specs.push_back(*spec);
  }
  return specs;
}

std::string CandidateSpace::Describe(std::span<const std::uint32_t> decided) const {
  std::string text;
  for (std::size_t i = 0; i < candidates_.decisions.size(); ++i) {
    const Decision& decision = candidates_.decisions[i];
    text += (text.empty() ? "" : " ") + decision.name + "=" +
            std::to_string(decision.options[decided[i]]);
  }
  return text;
}

}  // namespace joulecast
