// SPDX-License-Identifier: Apache-2.0
// gather -- y[r] = x[indices[r]]: slices of computed data, copied one by one.
#include "layers/gather.h"
#include "layers/backward.h"

#include "base/checked.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kRows, kWidth, kType };

constexpr Param kParams[] = {
    {.name = "rows"},   // indices
    {.name = "width"},  // elements of each
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kRows], s[kWidth]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t bytes = BytesOf(ElementCount(OutputShape(s)), s[kType]);
  const std::int64_t indices = CheckedProduct({8, s[kRows]});
  return {.input_bytes = CheckedSum({bytes, indices}), .output_bytes = bytes};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Gathered gathered = ReadGather(node);
  LayerSpec spec(kGather);
  spec.Set(kRows, gathered.rows)
      .Set(kWidth, gathered.width)
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, gathered.shape);
}

std::optional<LayerSpec> GradientAs(const LayerSpec& s, std::int64_t operand_elements,
                                    std::int64_t /*parts*/) {
  return GradientOfRows(s, ElementCount(OutputShape(s)), s[kRows], operand_elements);
}

constexpr std::string_view kOps[] = {"Gather"};

}  // namespace

Gathered ReadGather(const NodeView& node) {
  const Shape& data = node.InputOfRank(0, 1).shape;
  const Shape& indices = node.Input(1).shape;
  const std::size_t axis = node.Axis(node.Int("axis", 0), data.size());
  const auto at = data.begin() + static_cast<std::ptrdiff_t>(axis);
  Gathered gathered{.rows = ElementCount(indices), .extent = *at};
  gathered.width = CheckedProduct(
      {ElementCount(Shape(data.begin(), at)), ElementCount(Shape(at + 1, data.end()))});
  gathered.shape.assign(data.begin(), at);
  gathered.shape.insert(gathered.shape.end(), indices.begin(), indices.end());
  gathered.shape.insert(gathered.shape.end(), at + 1, data.end());
  return gathered;
}

const LayerType kGather = {.name = "gather",
                           .summary = "slices of computed data, chosen by indices",
                           .example = "gather rows=2401 width=1536",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kStreamTermList,
                           .amounts = MeasureOnePass,
                           .backward = nullptr,
                           .gradient_as = GradientAs,
                           .relative = ReluOfEqualBytes,
                           .read_amounts = ReadStream};

}  // namespace joulecast
