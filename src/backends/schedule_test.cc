// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::int64_t NoScratch(const LayerSpec&) { return 0; }

TEST(ScheduleTest, AValueDiesWithItsLastReader) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 4});
  const ValueId a = graph.Add("Sigmoid", {x});
  const ValueId b = graph.Add("Tanh", {a});
  const ValueId sum = graph.Add("Add", {a, b});
  const Net net(graph.Finish(graph.Add("Tanh", {sum})));
  const Schedule schedule = MakeSchedule(net);
  ASSERT_EQ(schedule.layers.size(), 4u);
  EXPECT_THAT(schedule.inputs, ElementsAre(x));
  EXPECT_THAT(schedule.layers[0].dead, IsEmpty());
  EXPECT_THAT(schedule.layers[1].dead, IsEmpty()) << "the sum reads the sigmoid's result too";
  EXPECT_THAT(schedule.layers[2].dead, ElementsAre(a, b));
  EXPECT_THAT(schedule.layers[3].dead, ElementsAre(sum)) << "the net's output stays";
}

TEST(ScheduleTest, WhatIsStoredIsNoInput) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 3, 8, 8});
  const Net net(graph.Finish(graph.Add("Conv", {x, graph.Weight({4, 3, 3, 3})})));
  EXPECT_THAT(MakeSchedule(net).layers[0].inputs, ElementsAre(x));
}

TEST(ScheduleTest, WhatNobodyReadsDiesAtOnce) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 4});
  const auto dropped = graph.AddWithResults("Dropout", 2, {x});
  const Net net(graph.Finish(graph.Add("Tanh", {dropped[0]})));
  EXPECT_THAT(MakeSchedule(net).layers[0].dead, ElementsAre(dropped[1]));
}

TEST(ScheduleTest, AnUnknownLayerIsNamed) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 4});
  const Net net(graph.Finish(graph.Add("Fancy", {x})));
  try {
    MakeSchedule(net);
    FAIL() << "it should refuse";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("test: cannot run the layer 'Fancy0'"));
    EXPECT_THAT(error.what(), testing::HasSubstr("no layer type reads this operator"));
  }
}

TEST(PeakBytesTest, CountsWhatLivesAtOnce) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 100});
  const ValueId a = graph.Add("Gemm", {x, graph.Weight({100, 30})});
  const ValueId b = graph.Add("Gemm", {a, graph.Weight({30, 50})});
  const Net net(graph.Finish(graph.Add("Gemm", {b, graph.Weight({50, 10})})));
  const std::int64_t weights = 100 * 30 + 30 * 50 + 50 * 10;
  // x lives throughout; most live while the second layer runs: its input and its result.
  EXPECT_EQ(PeakBytes(net, NoScratch), 4 * (weights + 100 + 30 + 50));
  const auto scratch = [](const LayerSpec& spec) { return spec.Get("out") == 10 ? 4000 : 0; };
  EXPECT_EQ(PeakBytes(net, scratch), 4 * (weights + 100 + 50 + 10 + 1000));
}

TEST(PeakBytesTest, InPlaceAndViewsTakeNothing) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 100});
  const ValueId a = graph.Add("Sigmoid", {x}, {{"inplace", std::int64_t{0}}});
  const ValueId b = graph.Add("Relu", {a}, {{"inplace", std::int64_t{1}}});
  const ValueId flat = graph.Add("Reshape", {b, graph.Numbers({200})});
  const Net net(graph.Finish(graph.Add("Tanh", {flat}, {{"inplace", std::int64_t{1}}})));
  EXPECT_EQ(PeakBytes(net, NoScratch), 4 * (200 + 200));
}

TEST(PeakBytesTest, AReorderedTensorIsCopiedWhenItIsViewed) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {10, 20});
  const ValueId flipped = graph.Add("Transpose", {x});
  const ValueId flat = graph.Add("Reshape", {flipped, graph.Numbers({200})});
  const Net net(graph.Finish(graph.Add("Tanh", {flat}, {{"inplace", std::int64_t{1}}})));
  EXPECT_EQ(PeakBytes(net, NoScratch), 4 * (200 + 200));
}

TEST(PeakBytesTest, OfALayerAloneAreItsTensors) {
  // 4 (2 x 3 in, 2 x 5 out, 3 x 5 weights and 5 of the bias)
  EXPECT_EQ(PeakBytes(LayerSpec::Parse("linear batch=2 in=3 out=5"), 0), 4 * (6 + 10 + 20));
  EXPECT_EQ(PeakBytes(LayerSpec::Parse("relu batch=2 elements=3"), 7), 4 * (6 + 6) + 7);
  EXPECT_EQ(PeakBytes(LayerSpec::Parse("relu batch=2 elements=3 inplace=1"), 0), 4 * 6);
}

TEST(ScheduleTest, AResultWrittenOverItsOperandTakesNoMemory) {
  EXPECT_EQ(ResultBytes(LayerSpec::Parse("relu batch=2 elements=10")), 80);
  EXPECT_EQ(ResultBytes(LayerSpec::Parse("relu batch=2 elements=10 inplace=1")), 0);
}

}  // namespace
}  // namespace joulecast
