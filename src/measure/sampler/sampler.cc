// SPDX-License-Identifier: Apache-2.0
#include "measure/sampler/sampler.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

/// After this many refused draws for one configuration the space counts as empty.
constexpr int kMostDraws = 20000;

constexpr std::array kSamplings = {Sampling::kUniform, Sampling::kLogUniform, Sampling::kNetLike,
                                   Sampling::kUncertain};

std::int64_t DrawFrom(const Range& range, Sampling sampling, Random& random) {
  if (!range.choices.empty()) return random.Pick(range.choices);
  return sampling == Sampling::kUniform ? random.Uniform(range.least, range.most)
                                        : random.LogUniform(range.least, range.most);
}

/// Numbers in the widest vectors of processors: sizes that fill them are handled by other code.
constexpr std::int64_t kWidestVector = 16;

/// The greatest power of two that divides a value and is an eighth of it at most, or half of it
/// where vectors would not be filled otherwise. Sizes in networks are even, and libraries fast or
/// slow at it: vectors that fill, rows that share cache sets.
std::int64_t EvennessOf(std::int64_t value) {
  std::int64_t step = 1;
  while (value % (2 * step) == 0) {
    const std::int64_t least = step < kWidestVector ? 4 * step : 16 * step;
    if (value < least) break;
    step *= 2;
  }
  return step;
}

/// A value from half to twice the example's, as even, inside the range.
std::int64_t DrawNear(const Range& range, std::int64_t example, Random& random) {
  if (!range.choices.empty()) return random.Pick(range.choices);
  const std::int64_t near = std::clamp(example, range.least, range.most);
  const std::int64_t least = std::max(range.least, (near + 1) / 2);
  const std::int64_t most = std::min(range.most, 2 * near);
  const std::int64_t step = EvennessOf(near);
  const std::int64_t value = (random.LogUniform(least, most) + step / 2) / step * step;
  return std::clamp(value, least, most);
}

}  // namespace

std::string_view Name(Sampling sampling) {
  switch (sampling) {
    case Sampling::kUniform:
      return "uniform";
    case Sampling::kLogUniform:
      return "log-uniform";
    case Sampling::kNetLike:
      return "net-like";
    case Sampling::kUncertain:
      break;
  }
  return "uncertain";
}

std::span<const Sampling> AllSamplings() { return kSamplings; }

Sampler::Sampler(Space space, Sampling sampling, std::vector<LayerSpec> examples)
    : space_(std::move(space)), sampling_(sampling), examples_(std::move(examples)) {
  if (sampling_ == Sampling::kNetLike) {
    if (!examples_.empty()) return;
    throw Error(ErrorKind::kInput, "none of the networks has a layer of type " +
                                       std::string(space_.type->name) + " to start from");
  }
  CheckSpace(space_);
}

LayerSpec Sampler::DrawOne(Random& random) const {
  const bool net_like = sampling_ == Sampling::kNetLike;
  LayerSpec spec = net_like ? random.Pick(examples_) : LayerSpec(*space_.type);
  for (const auto& [slot, range] : space_.ranges) {
    const std::int64_t value =
        net_like ? DrawNear(range, spec[slot], random) : DrawFrom(range, sampling_, random);
    for (std::size_t i = 0; i < SlotsAt(*space_.type, slot); ++i) spec.Set(slot + i, value);
  }
  return spec;
}

std::vector<LayerSpec> Sampler::Draw(std::size_t count, Random& random) const {
  std::vector<LayerSpec> specs;
  std::set<std::string> seen;
  while (specs.size() < count) {
    std::optional<LayerSpec> refused;
    int draws = 0;
    for (; draws < kMostDraws; ++draws) {
      LayerSpec spec = DrawOne(random);
      if (!Complete(space_, spec)) {
        refused = std::move(spec);
      } else if (seen.insert(spec.ToString()).second) {
        specs.push_back(std::move(spec));
        break;
      }
    }
    if (draws < kMostDraws) continue;
    const std::string why =
        refused ? WhyNot(space_, *refused) : "the same configurations again and again";
    throw Error(ErrorKind::kInput, "found only " + std::to_string(specs.size()) + " of " +
                                       std::to_string(count) + " different configurations of " +
                                       std::string(space_.type->name) + " in " +
                                       std::to_string(kMostDraws) + " draws (" + why +
                                       "); widen the ranges, or ask for fewer");
  }
  return specs;
}

std::vector<LayerSpec> LayersOfNets(const LayerType& type, std::span<const std::string> nets,
                                    std::span<const std::int64_t> batches) {
  std::vector<LayerSpec> layers;
  std::set<std::string> seen;
  for (const std::string& net : nets) {
    const auto graph = BuildZooModel(net);
    if (!graph) {
      throw Error(ErrorKind::kInput,
                  "no network '" + Printable(net, 40) + "'; joulecast zoo lists them");
    }
    for (const std::int64_t batch : batches) {
      for (const Layer& layer : Resolve(*graph, {.batch = batch}).layers) {
        const auto spec = layer.spec ? layer.spec->InPass(type.pass) : std::nullopt;
        if (!spec || &spec->type() != &type) continue;
        if (seen.insert(spec->ToString()).second) layers.push_back(*spec);
      }
    }
  }
  return layers;
}

}  // namespace joulecast
