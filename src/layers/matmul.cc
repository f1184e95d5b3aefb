// SPDX-License-Identifier: Apache-2.0
// matmul -- y[batch, m, n] = a[batch, m, k] * b[batch, k, n]: two computed operands, as in
// attention, or one computed and one stored that `linear` does not fit (batched, or on the left).
#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kM, kK, kN, kBias, kWeights, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "m"},
    {.name = "k"},
    {.name = "n"},
    {.name = "bias", .kind = ParamKind::kFlag, .min = 0, .default_value = 0, .shown = false},
    {.name = "weights", .min = 0, .default_value = 0, .shown = false},  // elements of a stored b
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kM], s[kN]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = ElementCount(OutputShape(s));
  const std::int64_t left = CheckedProduct({s[kBatch], s[kM], s[kK]});
  const std::int64_t right = s[kWeights] > 0 ? 0 : CheckedProduct({s[kBatch], s[kK], s[kN]});
  return {.macs = CheckedProduct({outputs, s[kK]}),
          .bias_adds = s[kBias] * outputs,
          .params = s[kWeights],
          .input_bytes = BytesOf(CheckedSum({left, right}), s[kType]),
          .output_bytes = BytesOf(outputs, s[kType]),
          .weight_bytes = BytesOf(s[kWeights], s[kType])};
}

[[noreturn]] void FailToFit(const NodeView& node) {
  node.Fail("its operands " + ToString(node.Input(0).shape) + " and " +
            ToString(node.Input(1).shape) + " do not fit each other");
}

/// The product does not change when both operands swap and transpose, so that a stored operand
/// always counts as the right one.
void SetWeights(const NodeView& node, LayerSpec& spec) {
  const TensorInfo& a = node.Input(0);
  const TensorInfo& b = node.Input(1);
  if (b.is_constant) {
    spec.Set(kWeights, ElementCount(b.shape));
  } else if (a.is_constant) {
    const std::int64_t m = spec[kM];
    spec.Set(kM, spec[kN]).Set(kN, m).Set(kWeights, ElementCount(a.shape));
  }
}

std::optional<Lowered> LowerGemm(const NodeView& node) {
  const Shape& a = node.InputOfRank(0, 2).shape;
  const Shape& b = node.InputOfRank(1, 2).shape;
  const std::size_t flip_a = node.Int("transA", 0) != 0 ? 1 : 0;
  const std::size_t flip_b = node.Int("transB", 0) != 0 ? 1 : 0;
  if (a.size() != 2 || b.size() != 2 || a[1 - flip_a] != b[flip_b]) FailToFit(node);
  LayerSpec spec(kMatMul);
  spec.Set(kBatch, 1)
      .Set(kM, a[flip_a])
      .Set(kK, b[flip_b])
      .Set(kN, b[1 - flip_b])
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  SetWeights(node, spec);
  return LowerTo(node, spec, Shape{a[flip_a], b[1 - flip_b]});
}

/// Leading dimensions of both operands, broadcast.
Shape LeadingShape(const NodeView& node, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size()) - 2;
  Shape leading(rank, 1);
  for (const Shape* shape : {&a, &b}) {
    const std::size_t offset = rank + 2 - shape->size();
    for (std::size_t axis = 0; axis + 2 < shape->size(); ++axis) {
      std::int64_t& extent = leading[offset + axis];
      const std::int64_t ours = (*shape)[axis];
      if (extent != 1 && ours != 1 && extent != ours) FailToFit(node);
      if (extent == 1) extent = ours;
    }
  }
  return leading;
}

/// numpy's rules: a vector on the left is a row, on the right a column, and goes from the result.
std::optional<Lowered> LowerMatMul(const NodeView& node) {
  Shape a = node.InputOfRank(0, 1).shape;
  Shape b = node.InputOfRank(1, 1).shape;
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  const std::int64_t m = a[a.size() - 2];
  const std::int64_t n = b.back();
  if (a.back() != b[b.size() - 2]) FailToFit(node);
  Shape output = LeadingShape(node, a, b);
  LayerSpec spec(kMatMul);
  spec.Set(kBatch, ElementCount(output))
      .Set(kM, m)
      .Set(kK, a.back())
      .Set(kN, n)
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  // One right operand for the whole batch is a single taller product.
  if (ElementCount(Shape(b.begin(), b.end() - 2)) == 1 && !node.Input(0).is_constant) {
    spec.Set(kM, CheckedProduct({spec[kBatch], m})).Set(kBatch, 1);
  }
  SetWeights(node, spec);
  if (!row) output.push_back(m);
  if (!column) output.push_back(n);
  return LowerTo(node, spec, output);
}

std::optional<Lowered> Lower(const NodeView& node) {
  return node.op() == "Gemm" ? LowerGemm(node) : LowerMatMul(node);
}

constexpr std::string_view kOps[] = {"MatMul", "Gemm"};

}  // namespace

const LayerType kMatMul = {.name = "matmul",
                           .summary = "matrix product of two computed operands, batched",
                           .example = "matmul batch=96 m=128 k=64 n=128",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower};

}  // namespace joulecast
