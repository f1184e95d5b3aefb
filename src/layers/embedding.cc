// SPDX-License-Identifier: Apache-2.0
// embedding -- y[batch] = w[indices[batch]]: rows of a stored table. Only those that are asked for
// are read, each once.
#include <algorithm>

#include "base/checked.h"
#include "layers/gather.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kWidth, kVocabulary, kType };

constexpr Param kParams[] = {
    {.name = "batch"},  // indices
    {.name = "width"},
    {.name = "vocabulary"},  // rows of the table
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kWidth]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t read = std::min(s[kBatch], s[kVocabulary]);
  return {.params = CheckedProduct({s[kVocabulary], s[kWidth]}),
          .input_bytes = CheckedProduct({8, s[kBatch]}),
          .output_bytes = BytesOf(ElementCount(OutputShape(s)), s[kType]),
          .weight_bytes = BytesOf(CheckedProduct({read, s[kWidth]}), s[kType])};
}

/// The gradient of the table is as large as the table, zeros for the rows that nobody asked for.
Work CountBackward(const LayerSpec& s, bool /*input_grad*/) {
  const Work work = CountWork(s);
  return {.input_bytes = CheckedSum({work.output_bytes, work.input_bytes}),
          .weight_bytes = BytesOf(work.params, s[kType])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& table = node.Input(0);
  constexpr DType kTrained[] = {DType::kF64, DType::kF32, DType::kF16, DType::kBF16};
  const bool is_trained =
      std::find(std::begin(kTrained), std::end(kTrained), table.dtype) != std::end(kTrained);
  if (!table.is_constant || !is_trained) return std::nullopt;  // gather
  const Gathered gathered = ReadGather(node);
  LayerSpec spec(kEmbedding);
  spec.Set(kBatch, gathered.rows)
      .Set(kWidth, gathered.width)
      .Set(kVocabulary, gathered.extent)
      .Set(kType, static_cast<std::int64_t>(table.dtype));
  return LowerTo(node, spec, gathered.shape);
}

constexpr std::string_view kOps[] = {"Gather"};

}  // namespace

const LayerType kEmbedding = {.name = "embedding",
                              .summary = "rows of a stored table, chosen by indices",
                              .example = "embedding batch=512 width=768 vocabulary=30522",
                              .params = kParams,
                              .ops = kOps,
                              .output_shape = OutputShape,
                              .work = CountWork,
                              .lower = Lower,
                              .terms = kStreamTermList,
                              .amounts = MeasureOnePass,
                              .backward = CountBackward,
                              .relative = ReluOfEqualBytes,
                              .read_amounts = ReadStream};

}  // namespace joulecast
