// SPDX-License-Identifier: Apache-2.0
// topk -- the k largest or smallest of each row, and where they stand.
#include "base/checked.h"
#include "layers/backward.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kRows, kLength, kKept, kType };

constexpr Param kParams[] = {
    {.name = "rows"},
    {.name = "length"},  // of a row
    {.name = "k"},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

void Check(const LayerSpec& s) {
  if (s[kKept] > s[kLength]) {
    throw Error(ErrorKind::kInput, "topk: k=" + std::to_string(s[kKept]) + " exceeds length=" +
                                       std::to_string(s[kLength]) + ", of which they are a part");
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kRows], s[kKept]}; }

Work CountWork(const LayerSpec& s) {
  constexpr std::int64_t kIndexBytes = 8;
  const std::int64_t kept = CheckedProduct({s[kRows], s[kKept]});
  return {
      .input_bytes = BytesOf(CheckedProduct({s[kRows], s[kLength]}), s[kType]),
      .output_bytes = CheckedSum({BytesOf(kept, s[kType]), CheckedProduct({kIndexBytes, kept})})};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  const std::size_t axis = node.Axis(node.Int("axis", -1), x.shape.size());
  std::int64_t k = node.Int("k", 0);  // before opset 10
  if (node.HasInput(1)) {
    const auto count = node.IntsArgument("K", 1);
    k = count && count->size() == 1 ? count->front() : 0;
  }
  LayerSpec spec(kTopK);
  spec.Set(kRows, x.shape[axis] > 0 ? ElementCount(x.shape) / x.shape[axis] : 0)
      .Set(kLength, x.shape[axis])
      .Set(kKept, k)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  Shape shape = x.shape;
  shape[axis] = k;
  Lowered lowered = LowerTo(node, spec, shape);
  lowered.outputs.push_back({.dtype = DType::kI64, .shape = shape});
  return lowered;
}

constexpr std::string_view kOps[] = {"TopK"};

}  // namespace

const LayerType kTopK = {.name = "topk",
                         .summary = "the k largest or smallest of each row, and their places",
                         .example = "topk rows=8 length=1000 k=5",
                         .params = kParams,
                         .ops = kOps,
                         .check = Check,
                         .output_shape = OutputShape,
                         .work = CountWork,
                         .lower = Lower,
                         .terms = kStreamTermList,
                         .amounts = MeasureOnePass,
                         .backward = BackwardOfMove,
                         .relative = ReluOfEqualBytes,
                         .read_amounts = ReadStream};

}  // namespace joulecast
