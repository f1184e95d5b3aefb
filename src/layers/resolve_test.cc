// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <limits>

#include "joulecast/error.h"
#include "joulecast/layer.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

std::string SpecAt(const LayeredModel& model, std::size_t i) {
  const auto& spec = model.layers.at(i).spec;
  return spec ? spec->ToString() : "unknown";
}

/// What Resolve says when it refuses.
std::string Refusal(const Graph& graph, const InputBinding& binding, ErrorKind kind) {
  try {
    Resolve(graph, binding);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "accepted";
}

TestGraph::Attributes Padded() { return {{"pads", Ints{1, 1, 1, 1}}}; }

/// x[batch, 3, height, width] through a 3x3 convolution to 4 channels.
Graph ConvGraph(const std::vector<std::variant<int, std::string>>& dims) {
  TestGraph graph;
  const ValueId x = graph.Input("x", dims);
  return graph.Finish(graph.Add("Conv", {x, graph.Weight({4, 3, 3, 3})}, Padded()));
}

TEST(ResolveTest, BindsTheLeadingSymbolToTheBatch) {
  const Graph graph = ConvGraph({"N", 3, 8, 9});
  EXPECT_EQ(SpecAt(Resolve(graph, {}), 0),
            "conv2d batch=1 in=3 out=4 image=8x9 kernel=3x3 stride=1 padding=1 groups=1 bias=0 "
            "dtype=f32");
  const LayeredModel model = Resolve(graph, {.batch = 5});
  EXPECT_EQ(model.batch, 5);
  EXPECT_EQ(model.layers[0].spec->Get("batch"), 5);
}

TEST(ResolveTest, TakesTheBatchFromAGivenShape) {
  const Graph graph = ConvGraph({"N", 3, 8, 9});
  EXPECT_EQ(Resolve(graph, {.shapes = {{"x", {6, 3, 4, 4}}}}).batch, 6);
  EXPECT_EQ(Resolve(graph, {.shapes = {{"N", {7}}}}).batch, 7);
  EXPECT_THAT(Refusal(graph, {.batch = 5, .shapes = {{"x", {6, 3, 4, 4}}}}, ErrorKind::kUsage),
              HasSubstr("--batch 5 contradicts --shape x=6x3x4x4"));
}

TEST(ResolveTest, KeepsTheBatchOfTheFileUnlessAskedForAnother) {
  const Graph graph = ConvGraph({2, 3, 8, 9});
  EXPECT_EQ(Resolve(graph, {}).batch, 2);
  EXPECT_EQ(Resolve(graph, {.batch = 5}).layers[0].spec->Get("batch"), 5);
}

TEST(ResolveTest, CarriesTheBatchIntoReshapesOfAFixedFile) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 2, 3});
  const ValueId flat = graph.Add("Reshape", {x, graph.Numbers({1, 6})});
  const Graph& done = graph.Finish(graph.Add("Gemm", {flat, graph.Weight({6, 2})}));
  EXPECT_EQ(SpecAt(Resolve(done, {.batch = 4}), 1), "linear batch=4 in=6 out=2 bias=0 dtype=f32");
}

TEST(ResolveTest, NamesTheFlagForAnUnboundSymbol) {
  const Graph graph = ConvGraph({"N", 3, "H", "W"});
  EXPECT_THAT(Refusal(graph, {.batch = 2}, ErrorKind::kUsage),
              AllOf(HasSubstr("'H'"), HasSubstr("--shape H=N"), HasSubstr("--shape x=2x3xNxN")));
  EXPECT_THAT(SpecAt(Resolve(graph, {.shapes = {{"H", {8}}, {"W", {9}}}}), 0),
              HasSubstr("image=8x9"));
  EXPECT_THAT(SpecAt(Resolve(graph, {.shapes = {{"x", {1, 3, 7, 6}}}}), 0), HasSubstr("image=7x6"));
}

TEST(ResolveTest, RefusesBindingsThatFitNothing) {
  const Graph graph = ConvGraph({"N", 3, 8, 9});
  EXPECT_THAT(Refusal(graph, {.shapes = {{"y", {1}}}}, ErrorKind::kUsage),
              HasSubstr("no such input; it has x"));
  EXPECT_THAT(Refusal(graph, {.shapes = {{"x", {1, 3}}}}, ErrorKind::kUsage),
              HasSubstr("the input has 4 dimensions"));
  EXPECT_THAT(Refusal(graph, {.shapes = {{"x", {1, 3, 0, 9}}}}, ErrorKind::kUsage),
              HasSubstr("starts at 1"));
}

TEST(ResolveTest, RefusesBatchesThatCannotBe) {
  const Graph graph = ConvGraph({"N", 3, 8, 9});
  EXPECT_THAT(Refusal(graph, {.batch = 0}, ErrorKind::kUsage), HasSubstr("batch 0"));
  EXPECT_THAT(Refusal(graph, {.batch = -3}, ErrorKind::kUsage), HasSubstr("batch -3"));
  EXPECT_THAT(Refusal(graph, {.batch = std::int64_t{1} << 50}, ErrorKind::kInput),
              HasSubstr("absurd size"));
}

TEST(ResolveTest, RefusesShapesThatNoMemoryHolds) {
  const Graph graph = ConvGraph({"N", 3, "H", "W"});
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_THAT(Refusal(graph, {.shapes = {{"x", {1, 3, huge, huge}}}}, ErrorKind::kInput),
              HasSubstr("absurd size"));
}

TEST(ResolveTest, ListsAnUnknownOperatorAndAssumesItsShape) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {"N", 10});
  const ValueId y = graph.Add("Mystery", {x});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Relu", {y})), {});
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[0].op, "Mystery");
  EXPECT_FALSE(model.layers[0].spec);
  EXPECT_THAT(model.layers[0].note, HasSubstr("assumed to have its input's shape"));
  EXPECT_TRUE(model.layers[1].shape_assumed);
  EXPECT_EQ(SpecAt(model, 1), "relu batch=1 elements=10 inplace=1 dtype=f32");
  ASSERT_EQ(model.warnings.size(), 1u);
  EXPECT_THAT(model.warnings[0], HasSubstr("unknown operator Mystery 'Mystery0'"));
}

TEST(ResolveTest, AMisfitBehindAnAssumedShapeIsListedNotFatal) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 10});
  const ValueId y = graph.Add("Mystery", {x});
  const LayeredModel model =
      Resolve(graph.Finish(graph.Add("Gemm", {y, graph.Weight({7, 2})})), {});
  EXPECT_FALSE(model.layers.at(1).spec);
  EXPECT_THAT(model.layers[1].note, HasSubstr("its input shape was assumed"));
}

TEST(ResolveTest, ReadsOfAnUnknownSecondResultAreListed) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 10});
  const auto results =
      graph.AddWithResults("BatchNormalization", 2,
                           {graph.Add("Reshape", {x, graph.Numbers({1, 10})}), graph.Weight({10}),
                            graph.Weight({10}), graph.Weight({10}), graph.Weight({10})});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Mystery", {results[1]})), {});
  EXPECT_EQ(model.layers.back().op, "Mystery");
}

TEST(ResolveTest, FoldsTheShapeArithmeticOfAReshape) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {"N", 3, 4});
  const ValueId batch = graph.Add("Gather", {graph.Add("Shape", {x}), graph.Numbers({0})},
                                  {{"axis", std::int64_t{0}}});
  const ValueId target =
      graph.Add("Concat", {batch, graph.Numbers({-1})}, {{"axis", std::int64_t{0}}});
  const ValueId flat = graph.Add("Reshape", {x, target});
  const LayeredModel model =
      Resolve(graph.Finish(graph.Add("Gemm", {flat, graph.Weight({12, 5})})), {.batch = 6});
  EXPECT_EQ(model.folded_nodes, 3u);
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(SpecAt(model, 1), "linear batch=6 in=12 out=5 bias=0 dtype=f32");
}

TEST(ResolveTest, FoldsThePadsAsPyTorchExportsThem) {
  // pad(x, (1, 2, 3, 4)) by pairs from the last axis on: width 1 + 2, height 3 + 4.
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 1, 5, 5});
  const ValueId pairs =
      graph.Add("Reshape", {graph.Numbers({1, 2, 3, 4, 0, 0, 0, 0}), graph.Numbers({-1, 2})});
  const ValueId reversed =
      graph.Add("Slice", {pairs, graph.Numbers({-1}),
                          graph.Numbers({std::numeric_limits<std::int64_t>::min()}),
                          graph.Numbers({0}), graph.Numbers({-1})});
  const ValueId turned = graph.Add("Transpose", {reversed}, {{"perm", Ints{1, 0}}});
  const ValueId pads = graph.Add("Reshape", {turned, graph.Numbers({-1})});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Pad", {x, pads})), {});
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(SpecAt(model, 0), "pad in=25 out=96 dtype=f32");  // 12 x 8
}

/// x[N, 10] through a relu, whose result the file declares as `declared`.
Graph DeclaredGraph(const std::vector<Dim>& declared, int results = 1) {
  TestGraph graph;
  ValueId last = graph.Input("x", {"N", 10});
  for (int i = 0; i < results; ++i) last = graph.Add("Relu", {last});
  Graph& done = graph.Finish(last);
  for (const Node& node : done.nodes) {
    done.values[static_cast<std::size_t>(node.outputs[0])].declared = declared;
  }
  return done;
}

TEST(ResolveTest, TellsWhereTheFileDeclaresAnotherShape) {
  const LayeredModel model = Resolve(DeclaredGraph({{.size = 1}, {.size = 12}}), {});
  ASSERT_EQ(model.warnings.size(), 1u);
  EXPECT_THAT(model.warnings[0],
              AllOf(HasSubstr("Relu 'Relu0'"), HasSubstr("is 1x10, but the file declares 1x12")));
}

TEST(ResolveTest, AgreesWithDeclarationsUnderItsBindings) {
  const Dim batch = {.size = {}, .symbol = "N"};
  const Dim anonymous = {.size = {}, .symbol = "Relu_dim_1"};
  EXPECT_TRUE(Resolve(DeclaredGraph({batch, {.size = 10}}), {.batch = 4}).warnings.empty());
  EXPECT_TRUE(Resolve(DeclaredGraph({batch, anonymous}), {.batch = 4}).warnings.empty());
  EXPECT_THAT(Resolve(DeclaredGraph({batch, batch}), {.batch = 4}).warnings.at(0),
              HasSubstr("is 4x10, but the file declares 'N'x'N'"));
  EXPECT_THAT(Resolve(DeclaredGraph({{.size = 10}}), {}).warnings.at(0), HasSubstr("declares 10"));
}

TEST(ResolveTest, TellsTheFirstContradictionsAndCountsTheRest) {
  const LayeredModel model = Resolve(DeclaredGraph({{.size = 2}, {.size = 10}}, 8), {});
  ASSERT_EQ(model.warnings.size(), 4u);
  EXPECT_THAT(model.warnings[3], HasSubstr("5 more"));
}

TEST(ResolveTest, ADeclaredShapeEndsAnAssumption) {
  TestGraph graph;
  const ValueId y = graph.Add("Mystery", {graph.Input("x", {1, 10})});
  Graph& done = graph.Finish(graph.Add("Gemm", {y, graph.Weight({7, 2})}));
  done.values[static_cast<std::size_t>(y)].declared = {{.size = 1}, {.size = 7}};
  const LayeredModel model = Resolve(done, {});
  EXPECT_EQ(SpecAt(model, 1), "linear batch=1 in=7 out=2 bias=0 dtype=f32");
  EXPECT_FALSE(model.layers[1].shape_assumed);
}

TEST(ResolveTest, WhatDataDecideIsListedWithWhatIsTaken) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 10});
  const ValueId places = graph.Add("NonZero", {x});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Abs", {places})), {});
  EXPECT_EQ(SpecAt(model, 0), "select in=10 out=20 dtype=f32");
  EXPECT_TRUE(model.layers[0].shape_assumed);
  EXPECT_THAT(model.layers[0].note, HasSubstr("taken is the most, 2x10"));
  EXPECT_TRUE(model.layers[1].shape_assumed);
  EXPECT_EQ(model.warnings.size(), 1u);
}

TEST(ResolveTest, ASliceByComputedBoundsIsListedNotFatal) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 10});
  const ValueId end =
      graph.Add("Cast", {graph.Add("ReduceMax", {x})}, {{"to", std::string("i64")}});
  const ValueId cut = graph.Add("Slice", {x, graph.Numbers({0}), end});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Relu", {cut})), {});
  EXPECT_FALSE(model.layers.at(2).spec);
  EXPECT_THAT(model.layers[2].note, HasSubstr("'ends' is computed from data"));
  EXPECT_EQ(SpecAt(model, 3), "relu batch=1 elements=10 inplace=1 dtype=f32");
}

TEST(ResolveTest, SequencesAndControlFlowAreListed) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 10});
  const ValueId sequence = graph.Add("SequenceConstruct", {x, x});
  Graph& done = graph.Finish(graph.Add("If", {sequence}));
  done.nodes.back().has_subgraph = true;
  const LayeredModel model = Resolve(done, {});
  EXPECT_THAT(model.layers.at(0).note, HasSubstr("sequence of tensors"));
  EXPECT_THAT(model.layers.at(1).note, HasSubstr("control flow"));
}

TEST(ResolveTest, AnExpandedWeightIsCountedOnceAndItsSlicesEach) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {"N", 4, 16});
  const ValueId batch = graph.Add("Slice", {graph.Add("Shape", {x}), graph.Numbers({0}),
                                            graph.Numbers({1}), graph.Numbers({0})});
  const ValueId shape =
      graph.Add("Concat", {batch, graph.Numbers({1, 16})}, {{"axis", std::int64_t{0}}});
  const ValueId token = graph.Add("Expand", {graph.Weight({1, 1, 16}), shape});
  const ValueId joined = graph.Add("Concat", {token, x}, {{"axis", std::int64_t{1}}});
  const auto halves =
      graph.AddWithResults("Split", 2, {graph.Weight({16, 8})}, {{"axis", std::int64_t{1}}});
  const ValueId left = graph.Add("MatMul", {joined, halves[0]});
  const ValueId right = graph.Add("MatMul", {joined, halves[1]});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Add", {left, right})), {.batch = 8});
  EXPECT_EQ(model.TotalWork().params, 16 + 64 + 64);
}

TEST(ResolveTest, CountsSharedWeightsOnce) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {"N", 4});
  const ValueId w = graph.Weight({4, 4});
  const ValueId once = graph.Add("Gemm", {x, w});
  const ValueId again = graph.Add("Gemm", {once, graph.Add("Transpose", {w})});
  const LayeredModel model = Resolve(graph.Finish(again), {});
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_FALSE(model.layers[0].shares_weights);
  EXPECT_TRUE(model.layers[1].shares_weights);
  EXPECT_EQ(model.TotalWork().params, 16);
  EXPECT_EQ(model.TotalWork().macs, 32);
}

TEST(ResolveTest, ASharedScalarIsNoSharedWeight) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {"N", 4});
  const ValueId half = graph.Weight({});
  const ValueId once = graph.Add("Mul", {x, half});
  const LayeredModel model = Resolve(graph.Finish(graph.Add("Mul", {once, half})), {});
  EXPECT_FALSE(model.layers.at(1).shares_weights);
}

TEST(ResolveTest, AModelWithoutOperationsIsAnError) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 4});
  EXPECT_THAT(Refusal(graph.Finish(x), {}, ErrorKind::kInput), HasSubstr("no operation"));
}

}  // namespace
}  // namespace joulecast
