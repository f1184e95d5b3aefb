// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "joulecast/score.h"
#include "score/keep.h"

namespace joulecast {

/// A candidate that was kept, before it is described.
struct Kept {
  CandidateCost cost;
  Decided place;
};

/// What one thread keeps of the candidates that it scores.
struct Keeper {
  explicit Keeper(const ScoreOptions& options)
      : top(options.top, options.by), pareto(options.against) {}

  void Offer(const CandidateCost& cost, std::span<const std::uint32_t> place) {
    const auto make = [&] { return Kept{cost, Decided(place.begin(), place.end())}; };
    top.Offer(cost, place, make);
    pareto.Offer(cost, place, make);
  }

  void Take(Keeper& other) {
    for (const Kept& each : other.top.items()) {
      top.Offer(each.cost, each.place, [&] { return each; });
    }
    for (const Kept& each : other.pareto.items()) {
      pareto.Offer(each.cost, each.place, [&] { return each; });
    }
  }

  Shortlist<Kept> top;
  ParetoSet<Kept> pareto;
};

/// Offers candidates first..last to the keeper of the thread `worker`.
using ScoreRange =
    std::function<void(int worker, std::uint64_t first, std::uint64_t last, Keeper& keeper)>;

/// The candidate of a place; called from all threads.
using Expand = std::function<Candidate(std::span<const std::uint32_t> place)>;

/// Scores the shard's part of `count` candidates, `part` at a time, in threads.
Scoreboard Search(std::uint64_t count, std::uint64_t part, const Predictor& predictor,
                  const ScoreOptions& options, const ScoreRange& score, const Expand& expand);

/// One layer's part of a candidate's cost.
CandidateCost CostOf(const LayerSpec& spec, const Predictor& predictor);
inline void Add(CandidateCost& total, const CandidateCost& layer) {
  total.energy += layer.energy;
  total.time += layer.time;
  total.macs += layer.macs;
  total.params += layer.params;
}

/// For lists, of which nothing is drawn: throws Error{kUsage}.
void RefuseSample(const ScoreOptions& options);

}  // namespace joulecast
