// SPDX-License-Identifier: Apache-2.0
// linearnbits -- y[batch, out] = x[batch, in] * w[out, in]^T with weights stored in few bits, one
// scale for each block of them along a row; x and the arithmetic are of `dtype`.
#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/product.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kIn, kOut, kBits, kBlock, kZeroPoints, kBias, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "in"},
    {.name = "out"},
    {.name = "bits", .default_value = 4},
    {.name = "block", .default_value = 32},  // weights that share a scale
    {.name = "zero_points",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 0,
     .shown = false,
     .minor = true},
    {.name = "bias",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 0,
     .shown = false,
     .minor = true},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

void Check(const LayerSpec& s) {
  constexpr std::int64_t kMostBits = 8;
  if (s[kBits] > kMostBits) {
    throw Error(ErrorKind::kInput,
                "linearnbits: bits=" + std::to_string(s[kBits]) + " is outside 1..8");
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kOut]}; }

/// Scales and zero points are bytes to read, but no parameters: they came with the quantisation.
Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = ElementCount(OutputShape(s));
  const std::int64_t weights = CheckedProduct({s[kIn], s[kOut]});
  const std::int64_t scales = CheckedProduct({s[kOut], (s[kIn] + s[kBlock] - 1) / s[kBlock]});
  const std::int64_t packed = CheckedSum({weights, s[kZeroPoints] * scales});
  const std::int64_t bias = s[kBias] * s[kOut];
  return {.macs = CheckedProduct({outputs, s[kIn]}),
          .bias_adds = s[kBias] * outputs,
          .params = CheckedSum({weights, bias}),
          .input_bytes = BytesOf(CheckedProduct({s[kBatch], s[kIn]}), s[kType]),
          .output_bytes = BytesOf(outputs, s[kType]),
          .weight_bytes = CheckedSum({(CheckedProduct({packed, s[kBits]}) + 7) / 8,
                                      BytesOf(CheckedSum({scales, bias}), s[kType])})};
}

/// ONNX Runtime: A, B in packed blocks, scales, zero points, an order of rows, bias.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  Shape output = x.shape;
  output.back() = node.Int("N", 0);
  if (node.Int("K", 0) != x.shape.back()) {
    node.Fail("its K=" + std::to_string(node.Int("K", 0)) + " does not fit the input " +
              ToString(x.shape));
  }
  LayerSpec spec(kLinearNBits);
  spec.Set(kBatch, ElementCount(Shape(x.shape.begin(), x.shape.end() - 1)))
      .Set(kIn, x.shape.back())
      .Set(kOut, output.back())
      .Set(kBits, node.Int("bits", 4))
      .Set(kBlock, node.Int("block_size", 0))
      .Set(kZeroPoints, node.HasInput(3) ? 1 : 0)
      .Set(kBias, node.HasInput(5) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, output);
}

/// The same product by whole weights: as many MACs, but more bytes.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  LayerSpec linear(kLinear);
  linear.Set(linear.SlotOf("batch"), s[kBatch])
      .Set(linear.SlotOf("in"), s[kIn])
      .Set(linear.SlotOf("out"), s[kOut])
      .Set(linear.SlotOf("bias"), s[kBias])
      .Set(linear.SlotOf("dtype"), s[kType]);
  return linear;
}

constexpr std::string_view kOps[] = {"com.microsoft::MatMulNBits"};

}  // namespace

const LayerType kLinearNBits = {.name = "linearnbits",
                                .summary = "fully connected layer by weights of few bits",
                                .example = "linearnbits batch=1 in=4096 out=11008 bits=4 block=32",
                                .params = kParams,
                                .ops = kOps,
                                .check = Check,
                                .output_shape = OutputShape,
                                .work = CountWork,
                                .lower = Lower,
                                .terms = kProductTerms,
                                .amounts = MeasureProduct,
                                .backward = nullptr,  // integers are not trained
                                .relative = Relative};

}  // namespace joulecast
