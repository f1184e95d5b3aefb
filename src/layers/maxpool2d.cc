// SPDX-License-Identifier: Apache-2.0
// maxpool2d -- y[batch, channels, oh, ow] = the largest x in each window; padding never wins.
#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t {
  kBatch,
  kChannels,
  kImageH,
  kImageW,
  kKernelH,
  kKernelW,
  kStrideH,
  kStrideW,
  kPadTop,
  kPadLeft,
  kPadBottom,
  kPadRight,
  kDilationH,
  kDilationW,
  kCeil,
  kType,
};

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "kernel", .kind = ParamKind::kSize2d},
    {.name = "stride", .kind = ParamKind::kStep2d},
    {.name = "padding", .kind = ParamKind::kPadding, .min = 0, .default_value = 0},
    {.name = "dilation", .kind = ParamKind::kStep2d, .default_value = 1, .shown = false},
    {.name = "ceil", .kind = ParamKind::kFlag, .min = 0, .default_value = 0, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

std::int64_t OutHeight(const LayerSpec& s) {
  return WindowPositions(s[kImageH], s[kKernelH], s[kStrideH], s[kPadTop], s[kPadBottom],
                         s[kDilationH], s[kCeil] != 0);
}

std::int64_t OutWidth(const LayerSpec& s) {
  return WindowPositions(s[kImageW], s[kKernelW], s[kStrideW], s[kPadLeft], s[kPadRight],
                         s[kDilationW], s[kCeil] != 0);
}

void Check(const LayerSpec& s) {
  if (OutHeight(s) < 1 || OutWidth(s) < 1) {
    throw Error(ErrorKind::kInput, "maxpool2d: the kernel does not fit into the padded image " +
                                       ToString({s[kImageH], s[kImageW]}) +
                                       "; make the image larger");
  }
}

Shape OutputShape(const LayerSpec& s) {
  return {s[kBatch], s[kChannels], OutHeight(s), OutWidth(s)};
}

Work CountWork(const LayerSpec& s) {
  return {.input_bytes =
              BytesOf(CheckedProduct({s[kBatch], s[kChannels], s[kImageH], s[kImageW]}), s[kType]),
          .output_bytes = BytesOf(ElementCount(OutputShape(s)), s[kType])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  if (x.shape.size() != 4) return std::nullopt;  // 1-d and 3-d pools
  const Window2d window = ReadWindow2d(node, std::span(x.shape).subspan(2), std::nullopt);
  LayerSpec spec(kMaxPool2d);
  spec.Set(kBatch, x.shape[0]).Set(kChannels, x.shape[1]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    spec.Set(kImageH + axis, x.shape[2 + axis])
        .Set(kKernelH + axis, window.kernel[axis])
        .Set(kStrideH + axis, window.stride[axis])
        .Set(kDilationH + axis, window.dilation[axis]);
  }
  for (std::size_t side = 0; side < 4; ++side) spec.Set(kPadTop + side, window.padding[side]);
  spec.Set(kCeil, window.ceil_mode ? 1 : 0).Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec);
}

constexpr std::string_view kOps[] = {"MaxPool"};

}  // namespace

const LayerType kMaxPool2d = {.name = "maxpool2d",
                              .summary = "2-d max pooling",
                              .params = kParams,
                              .ops = kOps,
                              .check = Check,
                              .output_shape = OutputShape,
                              .work = CountWork,
                              .lower = Lower};

}  // namespace joulecast
