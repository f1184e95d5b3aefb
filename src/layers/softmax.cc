// SPDX-License-Identifier: Apache-2.0
// softmax -- y[b, l, i] = exp(x[b, l, i]) / (sum over l of exp(x[b, l, i])), or its logarithm.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/rows.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kLength, kInner, kType };

constexpr Param kParams[] = {
    {.name = "batch"},                                      // everything before the axis
    {.name = "length"},                                     // of the axis that sums to one
    {.name = "inner", .default_value = 1, .shown = false},  // everything behind the axis
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kLength], s[kInner]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t bytes = BytesOf(ElementCount(OutputShape(s)), s[kType]);
  return {.input_bytes = bytes, .output_bytes = bytes};
}

/// Before opset 13 the input was a matrix, split at the axis; such a node has `flatten` = 1.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  const bool flatten = node.Int("flatten", 0) != 0;
  const std::int64_t axis_before_13 = x.shape.size() > 1 ? 1 : 0;
  const std::size_t axis =
      node.Axis(node.Int("axis", flatten ? axis_before_13 : -1), x.shape.size());
  const auto begin = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const auto end = flatten ? x.shape.end() : begin + 1;
  LayerSpec spec(kSoftmax);
  spec.Set(kBatch, ElementCount(Shape(x.shape.begin(), begin)))
      .Set(kLength, ElementCount(Shape(begin, end)))
      .Set(kInner, ElementCount(Shape(end, x.shape.end())))
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  const double rows = static_cast<double>(s[kBatch]) * static_cast<double>(s[kInner]);
  const auto length = static_cast<double>(s[kLength]);
  const double element = Bits(static_cast<DType>(s[kType])) / 8.0;
  const double bytes = rows * length * element;
  MeasureRows(rows, length, element,
              {.filled_bytes = 2 * bytes, .written_bytes = bytes, .fresh_bytes = bytes}, traits,
              amounts);
}

constexpr std::string_view kOps[] = {"Softmax", "LogSoftmax", "Hardmax"};

}  // namespace

const LayerType kSoftmax = {.name = "softmax",
                            .summary = "softmax or its logarithm along one axis",
                            .example = "softmax batch=8 length=1000",
                            .params = kParams,
                            .ops = kOps,
                            .output_shape = OutputShape,
                            .work = CountWork,
                            .lower = Lower,
                            .terms = kRowTerms,
                            .amounts = MeasureAmounts,
                            .read_amounts = ReadStream};

}  // namespace joulecast
