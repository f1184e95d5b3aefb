// SPDX-License-Identifier: Apache-2.0
#include "score/keep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace joulecast {
namespace {

struct Item {
  CandidateCost cost;
  Decided place;
};

Item Of(double energy, double score, std::uint32_t place) {
  return {.cost = {.energy = Joules(energy), .score = score}, .place = {place}};
}

template <typename Keeper>
std::vector<std::uint32_t> Keep(Keeper keeper, const std::vector<Item>& items) {
  for (const Item& item : items) keeper.Offer(item.cost, item.place, [&] { return item; });
  std::vector<std::uint32_t> places;
  for (const Item& item : keeper.items()) places.push_back(item.place[0]);
  return places;
}

TEST(ShortlistTest, KeepsTheBestInOrder) {
  const std::vector<Item> items = {Of(3, 0, 0), Of(1, 0, 1), Of(2, 0, 2), Of(5, 0, 3)};
  EXPECT_THAT(Keep(Shortlist<Item>(2, Criterion::kEnergy), items), testing::ElementsAre(1, 2));
  EXPECT_THAT(Keep(Shortlist<Item>(9, Criterion::kEnergy), items),
              testing::ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(Keep(Shortlist<Item>(0, Criterion::kEnergy), items), testing::IsEmpty());
}

TEST(ShortlistTest, MoreOfAScoreIsBetter) {
  EXPECT_THAT(Keep(Shortlist<Item>(2, Criterion::kScore), {Of(1, 3, 0), Of(1, 5, 1), Of(1, 4, 2)}),
              testing::ElementsAre(1, 2));
}

TEST(ShortlistTest, TiesGoByPlaceAndWhatIsDrawnTwiceIsThereOnce) {
  const std::vector<Item> items = {Of(1, 0, 7), Of(1, 0, 3), Of(1, 0, 7), Of(1, 0, 5)};
  EXPECT_THAT(Keep(Shortlist<Item>(2, Criterion::kEnergy), items), testing::ElementsAre(3, 5));
}

TEST(ParetoSetTest, KeepsWhatNoOtherBeats) {
  // Energy and score: 2 is beaten by 1 (less energy, same score), 4 by 3 (same energy, more score).
  const std::vector<Item> items = {Of(5, 50, 0), Of(1, 10, 1), Of(2, 10, 2), Of(3, 30, 3),
                                   Of(3, 20, 4)};
  EXPECT_THAT(Keep(ParetoSet<Item>(Criterion::kScore), items), testing::ElementsAre(1, 3, 0));
}

TEST(ParetoSetTest, AgainstTimeLessIsBetterAndAgainstSizesMore) {
  std::vector<Item> items = {Of(1, 0, 0), Of(2, 0, 1), Of(3, 0, 2)};
  const std::int64_t amounts[] = {20, 10, 30};
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].cost.time = Seconds(static_cast<double>(amounts[i]));
    items[i].cost.macs = amounts[i];
  }
  EXPECT_THAT(Keep(ParetoSet<Item>(Criterion::kTime), items), testing::ElementsAre(0, 1));
  EXPECT_THAT(Keep(ParetoSet<Item>(Criterion::kMacs), items), testing::ElementsAre(0, 2));
}

/// By comparing all with all.
std::vector<std::uint32_t> SlowPareto(const std::vector<Item>& items) {
  std::vector<Item> kept;
  for (const Item& a : items) {
    const bool is_beaten = std::any_of(items.begin(), items.end(), [&](const Item& b) {
      const bool no_worse = b.cost.energy <= a.cost.energy && b.cost.score >= a.cost.score;
      const bool is_equal = b.cost.energy == a.cost.energy && b.cost.score == a.cost.score;
      return no_worse && (is_equal ? b.place < a.place : true);
    });
    if (!is_beaten) kept.push_back(a);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Item& a, const Item& b) { return a.cost.energy < b.cost.energy; });
  std::vector<std::uint32_t> places;
  for (const Item& item : kept) places.push_back(item.place[0]);
  return places;
}

TEST(ParetoSetTest, IsThatOfTheDefinitionInAnyOrder) {
  std::mt19937 engine(1);
  const auto draw = [&] { return static_cast<double>(engine() % 12); };
  for (int round = 0; round < 50; ++round) {
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < 60; ++i) items.push_back(Of(draw(), draw(), i));
    const auto expected = SlowPareto(items);
    for (int order = 0; order < 3; ++order) {
      EXPECT_EQ(Keep(ParetoSet<Item>(Criterion::kScore), items), expected);
      std::shuffle(items.begin(), items.end(), engine);
    }
  }
}

}  // namespace
}  // namespace joulecast
