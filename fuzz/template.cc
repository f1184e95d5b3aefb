// SPDX-License-Identifier: Apache-2.0
// A template of candidates: what it says is read, scored whole, and scored in two shards.
#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/predict.h"
#include "joulecast/score.h"

namespace joulecast::fuzz {
namespace {

/// More forecasts are not wrong, only slow: 4 million are allowed.
constexpr std::size_t kMostForecasts = 2000;

/// As many as there are if every layer depends on every decision.
std::size_t MostForecasts(const CandidateTemplate& candidates) {
  std::size_t count = candidates.layers.size();
  for (const Decision& decision : candidates.decisions) {
    count *= decision.options.size();
    if (count > kMostForecasts) break;
  }
  return count;
}

}  // namespace

void RunInput(std::string_view input) {
  CandidateTemplate candidates = ParseTemplate(input, "space.toml");
  if (MostForecasts(candidates) > kMostForecasts) return;
  const Predictor predictor(ShippedProfile());
  const CandidateSpace space(std::move(candidates), predictor);
  ScoreOptions options{.top = 3, .threads = 1};
  const Scoreboard whole = ScoreSpace(space, options);
  CheckScoreboard(whole);
  options.shards = 2;
  const Scoreboard first = ScoreSpace(space, options);
  options.shard = 2;
  const Scoreboard shards[] = {first, ScoreSpace(space, options)};
  Promise(ScoreboardCsv(MergeScoreboards(shards)) == ScoreboardCsv(whole),
          "shards make what the whole is");
}

}  // namespace joulecast::fuzz
