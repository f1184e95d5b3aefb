// SPDX-License-Identifier: Apache-2.0
// matmul -- y[batch, m, n] = a[batch, m, k] * b[batch, k, n]: two computed operands, as in
// attention, or one computed and one stored that `linear` does not fit (batched, or on the left).
#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "layers/matmul.h"
#include "layers/product.h"

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
  const std::int64_t bias = s[kBias] * s[kN];  // computed or stored: it gets a gradient either way
  return {.macs = CheckedProduct({outputs, s[kK]}),
          .bias_adds = s[kBias] * outputs,
          .params = s[kWeights],
          .input_bytes = BytesOf(CheckedSum({left, right, bias}), s[kType]),
          .output_bytes = BytesOf(outputs, s[kType]),
          .weight_bytes = BytesOf(s[kWeights], s[kType])};
}

[[noreturn]] void FailToFit(const NodeView& node, const MatrixProduct& product) {
  node.Fail("its operands " + ToString(product.a.shape) + " and " + ToString(product.b.shape) +
            " do not fit each other");
}

/// Leading dimensions of both operands, broadcast.
Shape LeadingShape(const NodeView& node, const MatrixProduct& product, const Shape& a,
                   const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size()) - 2;
  Shape leading(rank, 1);
  for (const Shape* shape : {&a, &b}) {
    const std::size_t offset = rank + 2 - shape->size();
    for (std::size_t axis = 0; axis + 2 < shape->size(); ++axis) {
      std::int64_t& extent = leading[offset + axis];
      const std::int64_t ours = (*shape)[axis];
      if (extent != 1 && ours != 1 && extent != ours) FailToFit(node, product);
      if (extent == 1) extent = ours;
    }
  }
  return leading;
}

/// numpy's rules: a vector on the left is a row, on the right a column, and goes from the result.
std::optional<Lowered> Lower(const NodeView& node) {
  const MatrixProduct product = ReadMatrixProduct(node);
  Shape a = product.a_shape;
  Shape b = product.b_shape;
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (a.back() != b[b.size() - 2]) FailToFit(node, product);
  Shape output = LeadingShape(node, product, a, b);
  BatchedProduct sizes{
      .batch = ElementCount(output), .m = a[a.size() - 2], .k = a.back(), .n = b.back()};
  if (!row) output.push_back(sizes.m);
  if (!column) output.push_back(sizes.n);
  // One right operand for the whole batch is a single taller product.
  if (ElementCount(Shape(b.begin(), b.end() - 2)) == 1 && !product.a.is_constant) {
    sizes.m = CheckedProduct({sizes.batch, sizes.m});
    sizes.batch = 1;
  }
  LayerSpec spec = MatMulSpec(sizes, product.a, product.b);
  spec.Set(kBias, product.bias ? 1 : 0).Set(kType, product.dtype);
  return WithResultType(LowerTo(node, spec, output), product.result);
}

/// All rows of the left operands by one matrix: the same MACs, though not as many matrices.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  LayerSpec linear(kLinear);
  linear.Set(linear.SlotOf("batch"), CheckedProduct({s[kBatch], s[kM]}))
      .Set(linear.SlotOf("in"), s[kK])
      .Set(linear.SlotOf("out"), s[kN])
      .Set(linear.SlotOf("bias"), s[kBias])
      .Set(linear.SlotOf("dtype"), s[kType]);
  return linear;
}

}  // namespace

LayerSpec MatMulSpec(BatchedProduct sizes, const TensorInfo& a, const TensorInfo& b) {
  // The product does not change when both operands swap and transpose, so that a stored operand
  // always counts as the right one.
  if (a.is_constant && !b.is_constant) std::swap(sizes.m, sizes.n);
  LayerSpec spec(kMatMul);
  return spec.Set(kBatch, sizes.batch)
      .Set(kM, sizes.m)
      .Set(kK, sizes.k)
      .Set(kN, sizes.n)
      .Set(kWeights, b.is_constant   ? ElementCount(b.shape)
                     : a.is_constant ? ElementCount(a.shape)
                                     : 0)
      .Set(kType, ProductType(a));
}

const LayerType kMatMul = {.name = "matmul",
                           .summary = "matrix product of two computed operands, batched",
                           .example = "matmul batch=96 m=128 k=64 n=128",
                           .params = kParams,
                           .ops = kMatrixProductOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kProductTerms,
                           .amounts = MeasureProduct,
                           .relative = Relative};

}  // namespace joulecast
