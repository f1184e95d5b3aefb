// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/predict.h"
#include "joulecast/units.h"

namespace joulecast {

/// What a search decides about its candidates: a width, a kernel, which operation of several.
struct Decision {
  std::string name;
  std::vector<std::int64_t> options;  ///< at least one
  std::vector<double> scores;         ///< what each option adds to a candidate's score; or empty
};

/// A layer of every candidate, or of those that decide for it.
struct TemplateLayer {
  /// A layer specification with whole-number expressions of decisions in braces:
  /// "conv2d batch=1 in={width} out={2*width} image=56 kernel={k} padding={k/2}".
  std::string spec;
  struct Condition {
    std::string decision;
    std::vector<std::int64_t> options;
  };
  std::vector<Condition> when;  ///< present only where all hold
};

/// A space of candidates: every way to decide.
struct CandidateTemplate {
  std::string name;
  std::vector<Decision> decisions;
  std::vector<TemplateLayer> layers;
};

/// Reads a template (docs/scoring.md). Throws Error{kInput} with file, line and column of what is
/// wrong; `origin` names the text.
CandidateTemplate ParseTemplate(std::string_view toml, const std::string& origin);

/// What one inference of a candidate is forecast to take, and what its maker says of it.
struct CandidateCost {
  Joules energy;
  Seconds time{0};
  std::int64_t macs = 0;
  std::int64_t params = 0;
  double score = 0;  ///< the more the better
};

/// One option for each decision, as its place among the options.
using Decided = std::vector<std::uint32_t>;

/// The candidates of a template on one device. Every layer is forecast once for each value of the
/// decisions that it depends on; a candidate is then a sum over its layers, to the bit what
/// `EstimateLayers` says of them: nothing is fused. May be shared by threads.
class CandidateSpace {
 public:
  /// Keeps a reference to the predictor. Throws Error{kInput} for expressions that are none, layers
  /// that cannot be (naming the decisions), and a layer that depends on too many decisions.
  CandidateSpace(CandidateTemplate candidates, const Predictor& predictor, OwnLayerTypes own = {});

  const CandidateTemplate& candidates() const { return candidates_; }
  const Predictor& predictor() const { return predictor_; }
  /// Number of candidates; nullopt past 2^63.
  std::optional<std::uint64_t> size() const { return size_; }
  /// Number of forecasts in the tables.
  std::size_t forecasts() const { return entries_.size(); }

  /// `decided` has a place among the options for each decision.
  CandidateCost Cost(std::span<const std::uint32_t> decided) const;
  std::vector<LayerSpec> Layers(std::span<const std::uint32_t> decided) const;
  /// "width=32 kernel=3"
  std::string Describe(std::span<const std::uint32_t> decided) const;

 private:
  struct Dependence {
    std::uint32_t decision;
    std::uint32_t stride;  ///< in the layer's table
  };
  struct LayerTable {
    std::size_t first = 0;  ///< of its entries
    std::size_t first_dependence = 0;
    std::size_t dependences = 0;
  };

  /// Forecasts a layer for everything that it depends on. `decided` is where it stands if it
  /// throws.
  void AddTable(const TemplateLayer& layer, Decided& decided);

  CandidateTemplate candidates_;
  const Predictor& predictor_;
  OwnLayerTypes own_;
  std::optional<std::uint64_t> size_;
  std::vector<LayerTable> tables_;
  std::vector<Dependence> dependences_;
  std::vector<CandidateCost> entries_;
};

/// A candidate that is given as its layers.
struct Candidate {
  std::string name;
  std::vector<LayerSpec> layers;
  double score = 0;
};

/// By what candidates are compared. Less energy and time are better, and so is more of a score; of
/// MACs and parameters less is better in a ranking, and more (what the energy buys) in a Pareto
/// set.
enum class Criterion { kEnergy, kTime, kMacs, kParams, kScore };
std::string_view Name(Criterion criterion);
std::optional<Criterion> CriterionFromName(std::string_view name);

/// What to look for, and how.
struct ScoreOptions {
  std::size_t top = 10;                    ///< how many of the best to keep
  Criterion by = Criterion::kEnergy;       ///< what the best are best in
  Criterion against = Criterion::kParams;  ///< the Pareto set is that of energy and this
  /// Draws so many candidates of a template, with replacement; nullopt: all of them.
  std::optional<std::uint64_t> sample;
  std::uint64_t seed = 0;
  std::int64_t shard = 1;  ///< the part to score, of so many:
  std::int64_t shards = 1;
  int threads = 0;  ///< 0: one per processor. Results do not depend on it.
  /// A candidate's score in place of the template's own; called from all threads.
  std::function<double(std::span<const std::uint32_t> decided)> score = {};
  /// Called now and then, from one thread at a time, with what is done and what there is to do.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress = {};
};

/// A candidate that was kept.
struct ScoredCandidate {
  std::string name;  ///< or its decisions
  CandidateCost cost;
  Joules low;  ///< the energy's interval, at the profile's level
  Joules high;
  double fitted_share = 0;          ///< of the energy: forecast of measured layer types
  std::vector<std::string> layers;  ///< specifications
  Decided place;                    ///< what was decided, or the place in a list: tells ties apart
};

/// The outcome of a search, or of some shards of it.
struct Scoreboard {
  std::string name;
  std::string source;  ///< tells what was scored: equal for shards of one search
  std::string device;
  double interval_level = 0.9;
  Criterion by = Criterion::kEnergy;
  Criterion against = Criterion::kParams;
  std::size_t most = 10;  ///< candidates in `top`
  std::int64_t shards = 1;
  std::vector<std::int64_t> parts;   ///< shards that are in here
  std::uint64_t candidates = 0;      ///< that were scored
  std::vector<ScoredCandidate> top;  ///< best first
  std::vector<ScoredCandidate>
      pareto;  ///< by energy: each costs more, and is better, than the last
};

/// Scores a template's candidates. Throws Error{kUsage} if they are too many to score them all and
/// no sample is asked for.
Scoreboard ScoreSpace(const CandidateSpace& space, const ScoreOptions& options);

/// Scores candidates that are given as their layers.
Scoreboard ScoreCandidates(std::span<const Candidate> candidates, const Predictor& predictor,
                           const ScoreOptions& options);

/// Scores the candidates of a file: a template (.toml), or lines of JSON (.jsonl), each
/// {"name": ..., "layers": [SPEC, ...], "score": ...}. Throws Error{kInput} with the place of what
/// is wrong.
Scoreboard ScoreFile(const std::string& path, const Predictor& predictor,
                     const ScoreOptions& options, OwnLayerTypes own = {});

/// The scoreboard of all shards from those of each. Throws Error{kInput} if they are not of one
/// search, or a shard is missing or there twice.
Scoreboard MergeScoreboards(std::span<const Scoreboard> parts);

std::string ScoreboardText(const Scoreboard& board);
std::string ScoreboardCsv(const Scoreboard& board);
/// JSON, from which ParseScoreboard reads the same scoreboard.
std::string ScoreboardJson(const Scoreboard& board);
Scoreboard ParseScoreboard(std::string_view json, const std::string& origin);

}  // namespace joulecast
