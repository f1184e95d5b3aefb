// SPDX-License-Identifier: Apache-2.0
// Graphs of QuantizeLinear and DequantizeLinear: which of them run, and in which type.
#include <gmock/gmock.h>

#include "layers/test_graph.h"
#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::ElementsAre;

/// A graph whose activations are quantised by the same scale and zero point of a byte.
class QuantizedGraph : public TestGraph {
 public:
  ValueId Rounded(ValueId x) {
    const ValueId zero = Weight({}, DType::kU8);
    const ValueId bytes = Add("QuantizeLinear", {x, Weight({}), zero});
    return Add("DequantizeLinear", {bytes, Weight({}), zero});
  }

  ValueId StoredWeights(const Shape& shape) {
    return Add("DequantizeLinear", {Weight(shape, DType::kI8), Weight({shape[0]})});
  }
};

std::vector<std::string> Specs(const Graph& graph) {
  std::vector<std::string> specs;
  for (const Layer& layer : Resolve(graph, {}).layers) {
    specs.push_back(layer.spec ? layer.spec->ToString() : "unknown " + layer.op);
  }
  return specs;
}

TEST(QuantizationTest, BetweenDequantizeAndQuantizeAKernelIsOfIntegers) {
  QuantizedGraph graph;
  const ValueId x = graph.Input("x", {1, 3, 8, 8});
  const ValueId conv = graph.Add(
      "Conv", {graph.Rounded(x), graph.StoredWeights({4, 3, 3, 3}), graph.StoredWeights({4})});
  const ValueId relu = graph.Add("Relu", {conv});
  // 1 x 3 x 8 x 8 floats become bytes, 1 x 4 x 6 x 6 bytes floats: both run. What lies between is
  // one kernel, whose weights were dequantised only on paper.
  EXPECT_THAT(
      Specs(graph.Finish(graph.Rounded(relu))),
      ElementsAre("quantize elements=192 bits=8 dtype=f32", "requantize elements=192 dtype=u8",
                  "conv2d batch=1 in=3 out=4 image=8x8 kernel=3x3 stride=1 padding=0 groups=1 "
                  "dtype=i8",
                  "relu batch=1 elements=144 inplace=1 dtype=u8",
                  "requantize elements=144 dtype=u8", "dequantize elements=144 bits=8 dtype=f32"));
}

TEST(QuantizationTest, AResultThatStaysAFloatIsComputedInFloats) {
  QuantizedGraph graph;
  const ValueId x = graph.Input("x", {1, 16});
  const ValueId y = graph.Add("MatMul", {graph.Rounded(x), graph.StoredWeights({16, 4})});
  EXPECT_THAT(Specs(graph.Finish(y)), ElementsAre("quantize elements=16 bits=8 dtype=f32",
                                                  "dequantize elements=16 bits=8 dtype=f32",
                                                  "linear batch=1 in=16 out=4 bias=0 dtype=f32"));
}

TEST(QuantizationTest, AnOperatorWithoutIntegerKernelRunsInFloats) {
  QuantizedGraph graph;
  const ValueId x = graph.Input("x", {2, 16});
  const ValueId norm =
      graph.Add("LayerNormalization", {graph.Rounded(x), graph.Weight({16}), graph.Weight({16})});
  EXPECT_THAT(Specs(graph.Finish(graph.Rounded(norm))),
              ElementsAre("quantize elements=32 bits=8 dtype=f32",
                          "dequantize elements=32 bits=8 dtype=f32",
                          "layernorm batch=2 rows=1 length=16 weights=32 dtype=f32",
                          "quantize elements=32 bits=8 dtype=f32",
                          "dequantize elements=32 bits=8 dtype=f32"));
}

TEST(QuantizationTest, AFloatReaderMakesItsNeighboursFloats) {
  QuantizedGraph graph;
  const ValueId x = graph.Input("x", {2, 16});
  const ValueId rounded = graph.Rounded(x);  // read by an integer sum and a float norm
  const ValueId sum = graph.Add("Add", {rounded, graph.Add("Erf", {rounded})});
  EXPECT_THAT(Specs(graph.Finish(graph.Rounded(sum))),
              testing::Contains("dequantize elements=32 bits=8 dtype=f32").Times(2));
}

TEST(QuantizationTest, AResidualSumOfTwoIntegerKernels) {
  QuantizedGraph graph;
  const ValueId x = graph.Input("x", {1, 4, 8, 8});
  const ValueId rounded = graph.Rounded(x);
  const ValueId conv = graph.Add("Conv", {rounded, graph.StoredWeights({4, 4, 1, 1})});
  const ValueId sum = graph.Add("Add", {graph.Rounded(conv), rounded});
  const auto specs = Specs(graph.Finish(graph.Rounded(sum)));
  EXPECT_THAT(specs, testing::Contains("add out=256 in=512 inplace=0 dtype=u8"));
  EXPECT_THAT(specs, testing::Contains(testing::StartsWith("dequantize")).Times(1));  // the last
}

TEST(QuantizationTest, CountsBytesOfBothSides) {
  const Work in = LayerSpec::Parse("quantize elements=9 bits=4").CountWork();
  EXPECT_EQ(in.input_bytes, 36);
  EXPECT_EQ(in.output_bytes, 5);
  const Work out = LayerSpec::Parse("dequantize elements=9 dtype=f16").CountWork();
  EXPECT_EQ(out.input_bytes, 9);
  EXPECT_EQ(out.output_bytes, 18);
}

TEST(QuantizationTest, OperatorsOfOnnxRuntimeOnIntegers) {
  const TensorInfo x = Data({1, 4, 8, 8}, DType::kU8);
  const TensorInfo scale = Stored({});
  const TensorInfo zero = Stored({}, DType::kU8);
  EXPECT_EQ(Lower("com.microsoft::QLinearAdd", {x, scale, zero, x, scale, zero, scale, zero}),
            (Result{"add out=256 in=512 inplace=0 dtype=u8", "1x4x8x8"}));
  EXPECT_EQ(Lower("com.microsoft::QLinearConcat", {scale, zero, x, scale, zero, x, scale, zero},
                  {{"axis", std::int64_t{1}}})
                .shape,
            "1x8x8x8");
  EXPECT_EQ(Lower("com.microsoft::QLinearSigmoid", {x, scale, zero, scale, zero}).spec,
            "sigmoid batch=1 elements=256 inplace=0 dtype=u8");
  EXPECT_EQ(Lower("com.microsoft::QLinearNothing", {x}).spec, "unknown");
}

TEST(QuantizationTest, QuantizedAtRunTime) {
  const auto lowered = LowerWhole("DynamicQuantizeLinear", {Data({2, 8})});
  EXPECT_EQ(lowered->spec.ToString(), "quantize elements=16 bits=8 dtype=f32");
  ASSERT_EQ(lowered->outputs.size(), 3u);
  EXPECT_EQ(lowered->outputs[0].dtype, DType::kU8);
  EXPECT_EQ(ToString(lowered->outputs[1].shape), "scalar");
}

}  // namespace
}  // namespace joulecast
