// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "joulecast/error.h"
#include "measure/campaign/plan.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kGood = R"(name = "small"
seed = 3
[repeats]
window_s = 0.5
most = 4
[[layers]]
type = "conv2d"
sampling = "log-uniform"
configurations = 5
ranges = { batch = [1, 4], in = 3, out = { any_of = [8, 16] }, image = [8, 16], kernel = 3 }
where = ["kernel <= image"]
[[nets]]
models = ["alexnet"]
batches = [1, 2]
)";

std::string FailureOf(const std::string& text) {
  try {
    MakePlan(Campaign::Parse(text, "c.toml"), {});
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "accepted";
}

std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kGood;
  return text.replace(text.find(from), from.size(), to);
}

TEST(CampaignTest, ReadsWhatItSays) {
  const Campaign campaign = Campaign::Parse(kGood, "c.toml");
  EXPECT_EQ(campaign.name, "small");
  EXPECT_EQ(campaign.seed, 3u);
  EXPECT_DOUBLE_EQ(campaign.repeats.window.count(), 0.5);
  EXPECT_EQ(campaign.repeats.most, 4);
  ASSERT_EQ(campaign.layers.size(), 1u);
  EXPECT_EQ(campaign.layers[0].name, "conv2d");
  EXPECT_EQ(campaign.layers[0].configurations, 5u);
  EXPECT_EQ(MakePlan(campaign, {}).size(), 7u);
}

TEST(CampaignTest, APassOfTrainingIsATypeOfItsOwn) {
  const Campaign campaign =
      Campaign::Parse(Replaced("sampling", "pass = \"backward\"\nsampling"), "c.toml");
  EXPECT_EQ(campaign.layers[0].name, "conv2d pass=backward");
  for (const Item& item : MakePlan(campaign, {}).items) {
    if (!item.spec) continue;
    EXPECT_EQ(item.spec->type().pass, LayerPass::kBackward) << item.Text();
    EXPECT_THAT(item.Text(), HasSubstr("pass=backward"));
  }
  EXPECT_THAT(FailureOf(Replaced("sampling", "pass = \"training\"\nsampling")),
              HasSubstr("'conv2d'; choose batchnorm2d, dropout"));
  EXPECT_THAT(FailureOf(Replaced("sampling", "pass = \"sideways\"\nsampling")),
              HasSubstr("choose forward, training, backward"));
}

TEST(CampaignTest, NetLikePassesAreThoseOfTheNetsLayers) {
  const std::string text = R"(name = "t"
[[layers]]
type = "relu"
pass = "backward"
sampling = "net-like"
configurations = 2
nets = ["alexnet"]
)";
  for (const Item& item : MakePlan(Campaign::Parse(text, "c.toml"), {}).items) {
    EXPECT_THAT(item.Text(), AllOf(HasSubstr("relu batch=1 "), HasSubstr("inplace=0"),
                                   HasSubstr("pass=backward")));
  }
}

TEST(CampaignTest, TellsTheLineAndColumnOfEveryMistake) {
  EXPECT_THAT(FailureOf("name = "), HasSubstr("c.toml, line 1, column"));
  EXPECT_THAT(
      FailureOf(Replaced("seed", "sede")),
      HasSubstr("c.toml, line 2, column 1: 'sede' means nothing here; did you mean 'seed'"));
  EXPECT_THAT(FailureOf(Replaced("[1, 4]", "[4, 1]")),
              AllOf(HasSubstr("line 10, column 20: "), HasSubstr("empty range: 4 is more than 1")));
  EXPECT_THAT(FailureOf(Replaced("[1, 4]", "[1]")), HasSubstr("must be [least, most]"));
  EXPECT_THAT(FailureOf(Replaced("[1, 4]", "[0, 4]")), HasSubstr("whole numbers from 1"));
  EXPECT_THAT(FailureOf(Replaced("[1, 4]", "\"many\"")), HasSubstr("whole numbers from 1"));
  EXPECT_THAT(FailureOf(Replaced("[1, 4]", "[1, 9223372036854775807]")),
              HasSubstr("from 1 to 1099511627776"));
  EXPECT_THAT(FailureOf(Replaced("in = 3", "inn = 3")), HasSubstr("'layers.ranges.inn' means"));
  EXPECT_THAT(FailureOf(Replaced("\"conv2d\"", "\"conv9d\"")),
              AllOf(HasSubstr("line 7, column 8: "), HasSubstr("'conv9d'; choose conv2d")));
  EXPECT_THAT(FailureOf(Replaced("\"log-uniform\"", "\"gaussian\"")),
              HasSubstr("choose uniform, log-uniform, net-like, uncertain"));
  EXPECT_THAT(FailureOf(Replaced("\"log-uniform\"", "\"net-like\"")),
              HasSubstr("'layers.nets' goes with sampling = \"net-like\""));
  EXPECT_THAT(FailureOf(Replaced("configurations = 5", "configurations = -5")),
              HasSubstr("line 9, column 18: "));
  EXPECT_THAT(FailureOf(Replaced("kernel <= image", "kernel < image")),
              AllOf(HasSubstr("line 11"), HasSubstr("none of ==, <=, >=")));
  EXPECT_THAT(FailureOf(Replaced("\"alexnet\"", "\"alexnett\"")),
              HasSubstr("did you mean 'alexnet'?"));
  EXPECT_THAT(FailureOf(Replaced("batches = [1, 2]", "batches = []")), HasSubstr("at least one"));
  EXPECT_THAT(FailureOf(Replaced("most = 4", "most = 1")), HasSubstr("less than 'fewest'"));
  EXPECT_THAT(FailureOf(Replaced("window_s = 0.5", "window_s = -1")), HasSubstr("greater than 0"));
  EXPECT_THAT(FailureOf("name = \"empty\""), HasSubstr("nothing to measure"));
}

TEST(CampaignTest, TellsWhereConstraintsCannotBeMet) {
  EXPECT_THAT(
      FailureOf(Replaced("kernel <= image", "macs <= 1")),
      AllOf(HasSubstr("c.toml, line 6, column 1: found only 0 of 5"), HasSubstr("'macs <= 1'")));
  EXPECT_THAT(FailureOf(Replaced(", kernel = 3", "")), HasSubstr("'kernel' has no range"));
  EXPECT_THAT(FailureOf(Replaced("[8, 16], k", "[1, 2], k")), HasSubstr("does not fit"));
}

TEST(CampaignTest, ShardsShareNothingAndMissNothing) {
  const Campaign campaign = Campaign::Parse(kGood, "c.toml");
  std::multiset<std::string> all;
  for (const Item& item : MakePlan(campaign, {}).items) all.insert(item.Text());
  std::multiset<std::string> parts;
  for (std::int64_t i = 1; i <= 3; ++i) {
    for (const Item& item : MakePlan(campaign, {i, 3}).items) parts.insert(item.Text());
  }
  EXPECT_EQ(parts, all);
  EXPECT_EQ(all.size(), 7u);
  EXPECT_THROW(Shard::Parse("0/3"), Error);
  EXPECT_THROW(Shard::Parse("4/3"), Error);
  EXPECT_THROW(Shard::Parse("1"), Error);
  EXPECT_EQ(Shard::Parse("2/8").count, 8);
}

TEST(CampaignTest, NetsGiveEachOfTheirLayersOnce) {
  const Plan plan =
      MakePlan(Campaign::Parse("name = \"n\"\n[[nets]]\nmodels = [\"alexnet\"]\nbatches = [2]\n"
                               "layers_alone = true\n",
                               "c.toml"),
               {});
  // AlexNet: 5 convolutions, 3 max pools, 1 adaptive pool, 3 linear layers, 7 ReLUs of which two
  // pairs are alike (features.7 and .9 differ; classifier.2 and .5 are the same), the net itself.
  std::size_t layers = 0;
  for (const Item& item : plan.items) layers += item.spec ? 1 : 0;
  EXPECT_EQ(plan.items.size(), layers + 1);
  EXPECT_EQ(layers, 5u + 3 + 1 + 3 + 5);
}

}  // namespace
}  // namespace joulecast
