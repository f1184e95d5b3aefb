// SPDX-License-Identifier: Apache-2.0
#include "joulecast/score.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/parallel.h"
#include "joulecast/error.h"
#include "joulecast/estimate.h"
#include "score/hash.h"
#include "score/keep.h"
#include "score/search.h"

namespace joulecast {
namespace {

/// Candidates that a thread scores at a time.
constexpr std::uint64_t kPart = 4096;

/// SplitMix64 (Steele, Lea, Flood 2014): any number of a sequence without those before it.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t index) : state_(Mix(seed) + index * kStep) {
    state_ = Mix(state_);
  }

  /// Any number below `count`, all alike to one part in 2^32.
  std::uint32_t Below(std::size_t count) {
    state_ += kStep;
    return static_cast<std::uint32_t>(((Mix(state_) >> 32) * count) >> 32);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

  static std::uint64_t Mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

/// Walks a space: all of it in order, the last decision fastest, or draws.
class Walker {
 public:
  Walker(const CandidateTemplate& candidates, const ScoreOptions& options, std::uint64_t index)
      : decisions_(candidates.decisions),
        options_(options),
        index_(index),
        decided_(decisions_.size()) {
    if (options_.sample) Draw();
    for (std::size_t i = decisions_.size(); i-- > 0 && !options_.sample;) {
      const std::uint64_t count = decisions_[i].options.size();
      decided_[i] = static_cast<std::uint32_t>(index % count);
      index /= count;
    }
  }

  void Next() {
    ++index_;
    if (options_.sample) return Draw();
    for (std::size_t i = decisions_.size(); i-- > 0;) {
      if (++decided_[i] < decisions_[i].options.size()) return;
      decided_[i] = 0;
    }
  }

  const Decided& decided() const { return decided_; }

 private:
  void Draw() {
    Draws draws(options_.seed, index_);
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      decided_[i] = draws.Below(decisions_[i].options.size());
    }
  }

  std::span<const Decision> decisions_;
  const ScoreOptions& options_;
  std::uint64_t index_;
  Decided decided_;
};

std::string SourceOf(const CandidateSpace& space, const ScoreOptions& options) {
  Hash hash;
  for (const Decision& decision : space.candidates().decisions) {
    hash.Add(decision.name);
    for (const std::int64_t option : decision.options) hash.Add(std::to_string(option));
    for (const double score : decision.scores) hash.Add(fmt::format("{}", score));
  }
  for (const TemplateLayer& layer : space.candidates().layers) {
    hash.Add(layer.spec);
    for (const auto& each : layer.when) {
      hash.Add(each.decision);
      for (const std::int64_t option : each.options) hash.Add(std::to_string(option));
    }
  }
  std::string text = "template " + hash.Hex();
  if (options.sample) {
    text +=
        ", " + std::to_string(*options.sample) + " drawn with seed " + std::to_string(options.seed);
  }
  return text;
}

ScoredCandidate Describe(const Kept& kept, std::string name, std::span<const LayerSpec> layers,
                         const Predictor& predictor) {
  const Estimate estimate = EstimateLayers(name, layers, predictor);
  ScoredCandidate candidate{
      .name = std::move(name),
      .cost = kept.cost,
      .low = estimate.energy.low,
      .high = estimate.energy.high,
      .fitted_share = estimate.coverage_share[static_cast<std::size_t>(Coverage::kFitted)],
      .place = kept.place};
  for (const LayerSpec& spec : layers) candidate.layers.push_back(spec.ToString());
  return candidate;
}

void CheckOptions(const ScoreOptions& options) {
  if (options.against == Criterion::kEnergy) {
    throw Error(ErrorKind::kUsage,
                "a Pareto set of energy against energy has one candidate; compare it with time, "
                "macs, params or score");
  }
  if (options.shards < 1 || options.shard < 1 || options.shard > options.shards) {
    throw Error(ErrorKind::kUsage, "shard " + std::to_string(options.shard) + " of " +
                                       std::to_string(options.shards) + ": there is none");
  }
}

}  // namespace

std::string_view Name(Criterion criterion) {
  switch (criterion) {
    case Criterion::kEnergy:
      return "energy";
    case Criterion::kTime:
      return "time";
    case Criterion::kMacs:
      return "macs";
    case Criterion::kParams:
      return "params";
    case Criterion::kScore:
      break;
  }
  return "score";
}

std::optional<Criterion> CriterionFromName(std::string_view name) {
  for (const Criterion each : {Criterion::kEnergy, Criterion::kTime, Criterion::kMacs,
                               Criterion::kParams, Criterion::kScore}) {
    if (Name(each) == name) return each;
  }
  return std::nullopt;
}

Scoreboard Search(std::uint64_t count, std::uint64_t part, const Predictor& predictor,
                  const ScoreOptions& options, const ScoreRange& score, const Expand& expand) {
  CheckOptions(options);
  const auto shards = static_cast<std::uint64_t>(options.shards);
  const auto before = static_cast<std::uint64_t>(options.shard - 1);
  const auto begin_of = [&](std::uint64_t shard) {
    return count / shards * shard + std::min(shard, count % shards);
  };
  const std::uint64_t begin = begin_of(before);
  const std::uint64_t mine = begin_of(before + 1) - begin;
  const int threads = options.threads > 0 ? options.threads : DefaultThreads();
  std::vector<Keeper> keepers(static_cast<std::size_t>(threads), Keeper(options));
  const auto progress = [&](std::uint64_t done) { options.progress(done, mine); };
  InParallel(
      mine, part, threads,
      [&](int worker, std::uint64_t first, std::uint64_t last) {
        score(worker, begin + first, begin + last, keepers[static_cast<std::size_t>(worker)]);
      },
      options.progress ? std::function<void(std::uint64_t)>(progress) : nullptr);
  for (std::size_t i = 1; i < keepers.size(); ++i) keepers[0].Take(keepers[i]);

  Scoreboard board{.device = predictor.profile().device,
                   .interval_level = predictor.profile().interval_level,
                   .by = options.by,
                   .against = options.against,
                   .most = options.top,
                   .shards = options.shards,
                   .parts = {options.shard},
                   .candidates = mine};
  // By hundreds in a large Pareto set: by one thread alone it would be a tenth of a search.
  const auto describe = [&](const std::vector<Kept>& kept, std::vector<ScoredCandidate>& into) {
    into.resize(kept.size());
    InParallel(
        kept.size(), 1, threads,
        [&](int, std::uint64_t first, std::uint64_t last) {
          for (std::uint64_t i = first; i < last; ++i) {
            const Candidate candidate = expand(kept[i].place);
            into[i] = Describe(kept[i], candidate.name, candidate.layers, predictor);
          }
        },
        nullptr);
  };
  describe(keepers[0].top.items(), board.top);
  describe(keepers[0].pareto.items(), board.pareto);
  return board;
}

Scoreboard ScoreSpace(const CandidateSpace& space, const ScoreOptions& options) {
  if (!options.sample && !space.size()) {
    throw Error(ErrorKind::kUsage,
                "the template has more than 2^63 candidates: too many to score them all; draw a "
                "sample of them");
  }
  const auto score = [&](int, std::uint64_t first, std::uint64_t last, Keeper& keeper) {
    Walker walker(space.candidates(), options, first);
    for (std::uint64_t i = first; i < last; ++i, walker.Next()) {
      CandidateCost cost = space.Cost(walker.decided());
      if (options.score) cost.score = options.score(walker.decided());
      if (std::isnan(cost.score)) {
        throw Error(ErrorKind::kUsage,
                    "the score of " + space.Describe(walker.decided()) + " is not a number");
      }
      keeper.Offer(cost, walker.decided());
    }
  };
  const auto expand = [&](std::span<const std::uint32_t> decided) {
    return Candidate{.name = space.Describe(decided), .layers = space.Layers(decided)};
  };
  const std::uint64_t count = options.sample ? *options.sample : *space.size();
  Scoreboard board = Search(count, kPart, space.predictor(), options, score, expand);
  board.name = space.candidates().name;
  board.source = SourceOf(space, options);
  return board;
}

CandidateCost CostOf(const LayerSpec& spec, const Predictor& predictor) {
  const LayerForecast forecast = predictor.Forecast(spec);
  const Work work = spec.CountWork();
  return {.energy = forecast.energy.energy,
          .time = forecast.time,
          .macs = work.macs,
          .params = work.params};
}

void RefuseSample(const ScoreOptions& options) {
  if (!options.sample) return;
  throw Error(ErrorKind::kUsage, "a sample is drawn of a template's candidates, not of a list's");
}

Scoreboard ScoreCandidates(std::span<const Candidate> candidates, const Predictor& predictor,
                           const ScoreOptions& options) {
  RefuseSample(options);
  const auto score = [&](int, std::uint64_t first, std::uint64_t last, Keeper& keeper) {
    for (std::uint64_t i = first; i < last; ++i) {
      CandidateCost cost{.score = candidates[i].score};
      for (const LayerSpec& spec : candidates[i].layers) Add(cost, CostOf(spec, predictor));
      const std::uint32_t place[] = {static_cast<std::uint32_t>(i)};
      if (options.score) cost.score = options.score(place);
      keeper.Offer(cost, place);
    }
  };
  const auto expand = [&](std::span<const std::uint32_t> place) { return candidates[place[0]]; };
  Scoreboard board = Search(candidates.size(), kPart / 16, predictor, options, score, expand);
  board.name = "candidates";
  board.source = "a list of " + std::to_string(candidates.size());
  return board;
}

Scoreboard MergeScoreboards(std::span<const Scoreboard> parts) {
  if (parts.empty()) throw Error(ErrorKind::kUsage, "there is no scoreboard to merge");
  Scoreboard merged = parts[0];
  std::set<std::int64_t> seen;
  Shortlist<ScoredCandidate> top(merged.most, merged.by);
  ParetoSet<ScoredCandidate> pareto(merged.against);
  merged.candidates = 0;
  for (const Scoreboard& part : parts) {
    const auto differ = [&](std::string_view what) {
      throw Error(ErrorKind::kInput,
                  "the scoreboards are not of one search: they differ in " + std::string(what));
    };
    if (part.name != merged.name || part.source != merged.source) differ("what was scored");
    if (part.device != merged.device) differ("the device");
    if (part.by != merged.by || part.against != merged.against || part.most != merged.most) {
      differ("what was asked for (--top, --by, --against)");
    }
    if (part.shards != merged.shards) differ("the number of shards");
    for (const std::int64_t shard : part.parts) {
      if (seen.insert(shard).second) continue;
      throw Error(ErrorKind::kInput, "shard " + std::to_string(shard) + " is there twice");
    }
    merged.candidates += part.candidates;
    for (const ScoredCandidate& each : part.top) {
      top.Offer(each.cost, each.place, [&] { return each; });
    }
    for (const ScoredCandidate& each : part.pareto) {
      pareto.Offer(each.cost, each.place, [&] { return each; });
    }
  }
  for (std::int64_t shard = 1; shard <= merged.shards; ++shard) {
    if (seen.contains(shard)) continue;
    throw Error(ErrorKind::kInput, "shard " + std::to_string(shard) + " of " +
                                       std::to_string(merged.shards) + " is missing");
  }
  merged.parts.assign(seen.begin(), seen.end());
  merged.top = std::move(top.items());
  merged.pareto = std::move(pareto.items());
  return merged;
}

}  // namespace joulecast
