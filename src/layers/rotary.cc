// SPDX-License-Identifier: Apache-2.0
// rotary -- queries or keys turned by their position: pairs (a, b) of numbers become
// (a cos - b sin, a sin + b cos), by tables with a row per position.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kTable, kType };

constexpr Param kParams[] = {
    {.name = "elements"},
    {.name = "table", .min = 0, .default_value = 0},  // elements of sines and cosines read
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kElements]}; }

/// The tables are computed, not trained. Elementwise: no MACs.
Work CountWork(const LayerSpec& s) {
  return {.input_bytes = BytesOf(CheckedSum({s[kElements], s[kTable]}), s[kType]),
          .output_bytes = BytesOf(s[kElements], s[kType])};
}

/// Turned back.
Work CountBackward(const LayerSpec& s, bool /*input_grad*/) { return CountWork(s); }

/// [batch, tokens, width] or [batch, heads, tokens, dim]; ONNX has the tables as inputs 1 and 2,
/// ONNX Runtime behind the positions as 2 and 3. Each token reads a row of both.
std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 3).shape;
  const Shape& cosines = node.InputOfRank(node.node().domain.empty() ? 1 : 2, 2).shape;
  const std::int64_t tokens = CheckedProduct({x[0], x[x.size() - 2]});
  LayerSpec spec(kRotary);
  spec.Set(kElements, ElementCount(x))
      .Set(kTable, CheckedProduct({2, tokens, cosines.back()}))
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, x);
}

constexpr std::string_view kOps[] = {"RotaryEmbedding", "com.microsoft::RotaryEmbedding"};

}  // namespace

const LayerType kRotary = {.name = "rotary",
                           .summary = "rotary position embedding of queries or keys",
                           .example = "rotary elements=2097152 table=65536",
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
