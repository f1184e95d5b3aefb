// SPDX-License-Identifier: Apache-2.0
#include "joulecast/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "joulecast/estimate.h"
#include "predict/test_profile.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

/// 4 x 3 x 2 candidates of one to three layers.
constexpr const char* kSpace = R"(
name = "space"
[decisions]
width = [100, 200, 300, 400]
depth = [1, 2, 3]
batch = [8, 16]
[scores]
width = [0.5, 1.0, 1.25, 1.375]
[[layers]]
spec = "linear batch={batch} in=1000 out={width}"
[[layers]]
spec = "linear batch={batch} in={width} out={2*width}"
when = { depth = [2, 3] }
[[layers]]
spec = "relu batch={batch} elements={2*width}"
when = { depth = [3] }
)";

class ScoreTest : public testing::Test {
 protected:
  CandidateSpace Space(const std::string& toml = kSpace) const {
    return {ParseTemplate(toml, "t.toml"), predictor_};
  }

  std::string WhyNot(const std::string& toml, ErrorKind kind = ErrorKind::kInput) const {
    try {
      Space(toml);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      return error.what();
    }
    ADD_FAILURE() << "accepted " << toml;
    return "";
  }

  const Profile profile_ = HandProfile();
  const Predictor predictor_{profile_};
};

std::string With(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(ScoreTest, ACandidateIsTheSumOfItsLayers) {
  const CandidateSpace space = Space();
  EXPECT_EQ(space.size(), 24u);
  // Tables: width x batch for the first, width x depth x batch for the others.
  EXPECT_EQ(space.forecasts(), 8u + 24u + 24u);
  const Decided decided = {1, 2, 0};  // width 200, depth 3, batch 8
  const CandidateCost cost = space.Cost(decided);
  EXPECT_EQ(cost.macs, 8 * (1000 * 200 + 200 * 400));
  EXPECT_EQ(cost.params, 1000 * 200 + 200 + 200 * 400 + 400);
  EXPECT_EQ(cost.score, 1.0);
  EXPECT_EQ(space.Describe(decided), "width=200 depth=3 batch=8");
}

TEST_F(ScoreTest, EveryCandidateCostsToTheBitWhatItsLayersDo) {
  const CandidateSpace space = Space();
  for (std::uint32_t i = 0; i < 24; ++i) {
    const Decided decided = {i / 6, i / 2 % 3, i % 2};
    const std::vector<LayerSpec> layers = space.Layers(decided);
    EXPECT_EQ(layers.size(), 1 + decided[1]);
    const Estimate estimate = EstimateLayers("", layers, predictor_);
    const CandidateCost cost = space.Cost(decided);
    EXPECT_EQ(cost.energy, estimate.energy.energy);
    EXPECT_EQ(cost.time, estimate.time);
    EXPECT_EQ(cost.macs, estimate.work.macs);
  }
}

TEST_F(ScoreTest, FindsWhatComparingAllFinds) {
  const Scoreboard board = ScoreSpace(Space(), {.top = 24, .against = Criterion::kScore});
  EXPECT_EQ(board.candidates, 24u);
  ASSERT_EQ(board.top.size(), 24u);
  for (std::size_t i = 1; i < board.top.size(); ++i) {
    EXPECT_LE(board.top[i - 1].cost.energy, board.top[i].cost.energy);
  }
  // The score grows with the width alone, so the best of each width is one of a single layer and
  // the small batch.
  std::vector<std::string> names;
  for (const ScoredCandidate& each : board.pareto) names.push_back(each.name);
  EXPECT_THAT(names,
              testing::ElementsAre("width=100 depth=1 batch=8", "width=200 depth=1 batch=8",
                                   "width=300 depth=1 batch=8", "width=400 depth=1 batch=8"));
  const ScoredCandidate& best = board.top[0];
  EXPECT_EQ(best.name, "width=100 depth=1 batch=8");
  EXPECT_THAT(best.layers, testing::ElementsAre("linear batch=8 in=1000 out=100 dtype=f32"));
  EXPECT_LT(best.low, best.cost.energy);
  EXPECT_GT(best.high, best.cost.energy);
  EXPECT_EQ(best.fitted_share, 1);
}

TEST_F(ScoreTest, ResultsDoNotDependOnThreads) {
  const CandidateSpace space = Space();
  for (const auto sample : {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(50'000)}) {
    ScoreOptions options{.top = 5, .against = Criterion::kMacs, .sample = sample, .threads = 1};
    const std::string alone = ScoreboardJson(ScoreSpace(space, options));
    for (const int threads : {2, 7}) {
      options.threads = threads;
      EXPECT_EQ(ScoreboardJson(ScoreSpace(space, options)), alone);
    }
  }
}

TEST_F(ScoreTest, MergedShardsAreOneRunToTheBit) {
  const CandidateSpace space = Space();
  for (const std::int64_t shards : {1, 5, 24, 31}) {
    ScoreOptions options{.top = 6, .against = Criterion::kParams};
    Scoreboard alone = ScoreSpace(space, options);
    std::vector<Scoreboard> parts;
    options.shards = shards;
    for (options.shard = 1; options.shard <= shards; ++options.shard) {
      const std::string json = ScoreboardJson(ScoreSpace(space, options));
      parts.push_back(ParseScoreboard(json, "part"));
    }
    const Scoreboard merged = MergeScoreboards(parts);
    alone.shards = shards;
    alone.parts = merged.parts;
    EXPECT_EQ(merged.parts.size(), static_cast<std::size_t>(shards));
    EXPECT_EQ(ScoreboardJson(merged), ScoreboardJson(alone));
  }
}

TEST_F(ScoreTest, OnlyAllShardsOfOneSearchAreMerged) {
  const CandidateSpace space = Space();
  const auto part = [&](std::int64_t shard, ScoreOptions options = {}) {
    options.shard = shard;
    options.shards = 2;
    return ScoreSpace(space, options);
  };
  const auto why_not = [](const std::vector<Scoreboard>& parts) -> std::string {
    try {
      MergeScoreboards(parts);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(why_not({part(2), part(1)}), "");
  EXPECT_THAT(why_not({part(1)}), HasSubstr("shard 2 of 2 is missing"));
  EXPECT_THAT(why_not({part(1), part(2), part(2)}), HasSubstr("shard 2 is there twice"));
  EXPECT_THAT(why_not({part(1), part(2, {.top = 3})}), HasSubstr("--top"));
  EXPECT_THAT(why_not({part(1), part(2, {.sample = 9})}), HasSubstr("what was scored"));
  EXPECT_THAT(why_not({}), HasSubstr("no scoreboard"));
}

TEST_F(ScoreTest, ASampleIsFairAndItsSeedDecidesIt) {
  const CandidateSpace space = Space();
  std::vector<int> seen(24);
  ScoreOptions options{.sample = 24'000, .threads = 1};
  options.score = [&](std::span<const std::uint32_t> decided) {
    ++seen[decided[0] * 6 + decided[1] * 2 + decided[2]];
    return 0.0;
  };
  ScoreSpace(space, options);
  // 1000 of each are expected; five standard deviations of a binomial are 155.
  for (const int count : seen) EXPECT_NEAR(count, 1000, 155);

  const auto drawn = [&](std::uint64_t seed) {
    return ScoreboardCsv(ScoreSpace(space, {.top = 3, .sample = 4, .seed = seed}));
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

TEST_F(ScoreTest, ProgressGoesUpToAll) {
  std::uint64_t last = 0;
  ScoreOptions options{.sample = 20'000, .threads = 3};
  options.progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_GT(done, last);
    EXPECT_EQ(all, 20'000u);
    last = done;
  };
  ScoreSpace(Space(), options);
  EXPECT_EQ(last, 20'000u);
}

TEST_F(ScoreTest, AScoreThatIsNoNumberIsRefused) {
  ScoreOptions options;
  options.score = [](std::span<const std::uint32_t>) { return std::nan(""); };
  EXPECT_THROW(ScoreSpace(Space(), options), Error);
  EXPECT_THROW(ScoreSpace(Space(), {.against = Criterion::kEnergy}), Error);
  EXPECT_THROW(ScoreSpace(Space(), {.shard = 3, .shards = 2}), Error);
}

TEST_F(ScoreTest, ATemplateSaysWhatIsWrongWithIt) {
  const std::string space = kSpace;
  EXPECT_THAT(WhyNot(With(space, "in={width}", "in={widht}")),
              testing::AllOf(HasSubstr("layer 2"), HasSubstr("did you mean 'width'")));
  EXPECT_THAT(WhyNot(With(space, "in=1000", "in={width-100}")),
              testing::AllOf(HasSubstr("layer 1"), HasSubstr("with width=100 depth=1 batch=8"),
                             HasSubstr("in=0 is outside")));
  EXPECT_THAT(WhyNot(With(space, "[0.5, 1.0,", "[")), HasSubstr("a number for each of the 4"));
  EXPECT_THAT(WhyNot(With(space, "width = [100", "\"wi dth\" = [100")), HasSubstr("wi dth"));
  EXPECT_THAT(WhyNot(With(space, "depth = [2, 3]", "dept = [2, 3]")),
              testing::AllOf(HasSubstr("t.toml, line 13"), HasSubstr("did you mean 'depth'")));
  EXPECT_THAT(WhyNot(With(space, "[1, 2, 3]", "[]")), HasSubstr("at least one entry"));
  EXPECT_THAT(WhyNot("name = \"a\"\n[decisions]\nw = [1]\n"), HasSubstr("no [[layers]]"));
  EXPECT_THAT(WhyNot("name = "), HasSubstr("t.toml, line 1"));
}

TEST_F(ScoreTest, ALayerThatDependsOnTooMuchIsRefused) {
  std::string toml = "name = \"a\"\n[decisions]\n";
  std::string spec = "0";
  for (char c = 'a'; c <= 'h'; ++c) {
    toml += std::string(1, c) + " = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n";
    spec += std::string("+") + c;
  }
  toml += "[[layers]]\nspec = \"linear batch=1 in=1 out={" + spec + "}\"\n";
  EXPECT_THAT(WhyNot(toml), HasSubstr("too many decisions"));
}

TEST_F(ScoreTest, ASpaceTooLargeToCountNeedsASample) {
  std::string toml = "name = \"a\"\n[decisions]\n";
  for (int i = 0; i < 22; ++i) toml += "d" + std::to_string(i) + " = [0, 1, 2, 3, 4, 5, 6, 7]\n";
  toml += "[[layers]]\nspec = \"linear batch=1 in=1 out={1+d0+d21}\"\n";
  const CandidateSpace space = Space(toml);
  EXPECT_FALSE(space.size()) << "8^22 = 2^66";
  EXPECT_THROW(ScoreSpace(space, {}), Error);
  EXPECT_EQ(ScoreSpace(space, {.sample = 100}).candidates, 100u);
}

class ScoreFileTest : public ScoreTest {
 protected:
  Scoreboard Score(const std::string& lines, const ScoreOptions& options = {}) const {
    return ScoreFile(folder_.Write("c.jsonl", lines).string(), predictor_, options);
  }

  std::string WhyNotLines(const std::string& lines) const {
    try {
      Score(lines);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      return error.what();
    }
    ADD_FAILURE() << "accepted " << lines;
    return "";
  }

  const TemporaryFolder folder_;
};

TEST_F(ScoreFileTest, ReadsACandidateALine) {
  const std::string lines =
      "{\"name\": \"big\", \"layers\": [\"linear batch=8 in=1000 out=500\", \"linear batch=8 "
      "in=500 out=100\"], \"score\": 2}\n\n"
      "{\"layers\": [\"linear batch=8 in=1000 out=100\"], \"score\": 1.5}\n";
  const Scoreboard board = Score(lines, {.against = Criterion::kScore});
  EXPECT_EQ(board.candidates, 2u);
  ASSERT_EQ(board.top.size(), 2u);
  EXPECT_EQ(board.top[0].name, "line 3");
  EXPECT_EQ(board.top[1].name, "big");
  EXPECT_EQ(board.top[1].cost.macs, 8 * (1000 * 500 + 500 * 100));
  EXPECT_EQ(board.pareto.size(), 2u);

  const std::vector<Candidate> same = {
      {.name = "big",
       .layers = {LayerSpec::Parse("linear batch=8 in=1000 out=500"),
                  LayerSpec::Parse("linear batch=8 in=500 out=100")},
       .score = 2},
      {.name = "line 3",
       .layers = {LayerSpec::Parse("linear batch=8 in=1000 out=100")},
       .score = 1.5}};
  const Scoreboard other = ScoreCandidates(same, predictor_, {.against = Criterion::kScore});
  EXPECT_EQ(ScoreboardCsv(other), ScoreboardCsv(board));
}

TEST_F(ScoreFileTest, SaysWhichLineIsWrong) {
  const std::string good = "{\"layers\": [\"linear batch=1 in=1 out=1\"]}\n";
  EXPECT_THAT(WhyNotLines(good + "nonsense\n"), HasSubstr("c.jsonl, line 2: it is no JSON object"));
  EXPECT_THAT(WhyNotLines(good + "\n[1]\n"), HasSubstr("line 3: it is no JSON object"));
  EXPECT_THAT(WhyNotLines("{\"layers\": []}"), HasSubstr("'layers' must be a list"));
  EXPECT_THAT(WhyNotLines("{\"layers\": [1]}"), HasSubstr("no text"));
  EXPECT_THAT(WhyNotLines("{\"layers\": [\"linear batch=1\"]}"), HasSubstr("'in' is missing"));
  EXPECT_THAT(WhyNotLines("{\"layers\": [\"linear batch=1 in=1 out=1\"], \"score\": \"a\"}"),
              HasSubstr("'score' is no number"));
  EXPECT_THAT(WhyNotLines("{\"name\": \"a\", \"layer\": []}"), HasSubstr("'layer' means nothing"));
  EXPECT_THAT(WhyNotLines("\n \n"), HasSubstr("has no candidates"));
  EXPECT_THROW(ScoreFile("c.txt", predictor_, {}), Error);
  EXPECT_THROW(Score(good, {.sample = 3}), Error);
}

TEST(ParseScoreboardTest, SaysWhatIsWrong) {
  for (const char* text : {"", "[]", "{}", "{\"format\": \"joulecast-scores\"}"}) {
    EXPECT_THROW(ParseScoreboard(text, "x.json"), Error) << text;
  }
}

}  // namespace
}  // namespace joulecast
