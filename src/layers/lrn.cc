// SPDX-License-Identifier: Apache-2.0
// lrn -- y[b, c, h, w] = x[b, c, h, w] / (bias + alpha / size * sum of the squares of x over the
// `size` channels around c)^beta.
#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kChannels, kImageH, kImageW, kSize, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "size"},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kChannels], s[kImageH], s[kImageW]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t bytes = BytesOf(ElementCount(OutputShape(s)), s[kType]);
  return {.input_bytes = bytes, .output_bytes = bytes};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  LayerSpec spec(kLrn);
  spec.Set(kBatch, x.shape[0])
      .Set(kChannels, x.shape[1])
      .Set(kImageH, ElementCount(Shape(x.shape.begin() + 2, x.shape.end() - 1)))
      .Set(kImageW, x.shape.back())
      .Set(kSize, node.Int("size", 0))
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

constexpr std::string_view kOps[] = {"LRN"};

}  // namespace

const LayerType kLrn = {.name = "lrn",
                        .summary = "local response normalisation across channels",
                        .example = "lrn batch=8 channels=96 image=55x55 size=5",
                        .params = kParams,
                        .ops = kOps,
                        .output_shape = OutputShape,
                        .work = CountWork,
                        .lower = Lower};

}  // namespace joulecast
