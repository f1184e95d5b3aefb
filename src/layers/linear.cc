// SPDX-License-Identifier: Apache-2.0
// linear -- y[batch, out] = x[batch, in] * w[out, in]^T + b[out]; further leading dimensions of x
// are part of the batch.
#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kIn, kOut, kBias, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "in"},
    {.name = "out"},
    {.name = "bias", .kind = ParamKind::kFlag, .min = 0, .default_value = 1, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kOut]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = CheckedProduct({s[kBatch], s[kOut]});
  const std::int64_t params = CheckedSum({CheckedProduct({s[kIn], s[kOut]}), s[kBias] * s[kOut]});
  return {.macs = CheckedProduct({outputs, s[kIn]}),
          .bias_adds = s[kBias] * outputs,
          .params = params,
          .input_bytes = BytesOf(CheckedProduct({s[kBatch], s[kIn]}), s[kType]),
          .output_bytes = BytesOf(outputs, s[kType]),
          .weight_bytes = BytesOf(params, s[kType])};
}

/// Gemm: alpha A' B' + beta C with A' = A or its transpose, likewise B.
std::optional<Lowered> LowerGemm(const NodeView& node) {
  const TensorInfo& a = node.InputOfRank(0, 2);
  const TensorInfo& b = node.InputOfRank(1, 2);
  if (a.shape.size() != 2 || b.shape.size() != 2) node.Fail("both operands should be matrices");
  if (!b.is_constant) return std::nullopt;  // matmul
  const bool flip_a = node.Int("transA", 0) != 0;
  const bool flip_b = node.Int("transB", 0) != 0;
  LayerSpec spec(kLinear);
  spec.Set(kBatch, a.shape[flip_a ? 1 : 0])
      .Set(kIn, a.shape[flip_a ? 0 : 1])
      .Set(kOut, b.shape[flip_b ? 0 : 1])
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(a.dtype));
  if (b.shape[flip_b ? 1 : 0] != spec[kIn]) {
    node.Fail("weights " + ToString(b.shape) + " do not fit the input " + ToString(a.shape));
  }
  return LowerTo(node, spec);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "Gemm") return LowerGemm(node);
  const TensorInfo& x = node.InputOfRank(0, 1);
  const TensorInfo& w = node.InputOfRank(1, 1);
  if (!w.is_constant || w.shape.size() != 2) return std::nullopt;  // matmul
  if (w.shape[0] != x.shape.back()) {
    node.Fail("weights " + ToString(w.shape) + " do not fit the input " + ToString(x.shape));
  }
  Shape output = x.shape;
  output.back() = w.shape[1];
  LayerSpec spec(kLinear);
  spec.Set(kBatch, ElementCount(Shape(x.shape.begin(), x.shape.end() - 1)))
      .Set(kIn, w.shape[0])
      .Set(kOut, w.shape[1])
      .Set(kBias, 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, output);
}

constexpr std::string_view kOps[] = {"Gemm", "MatMul"};

}  // namespace

const LayerType kLinear = {.name = "linear",
                           .summary = "fully connected layer: Gemm or MatMul by stored weights",
                           .example = "linear batch=8 in=4096 out=1000",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower};

}  // namespace joulecast
