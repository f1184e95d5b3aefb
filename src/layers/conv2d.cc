// SPDX-License-Identifier: Apache-2.0
// conv2d -- y[batch, out, oh, ow] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, ih, iw] * w[out, in / groups, kh, kw].
#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t {
  kBatch,
  kIn,
  kOut,
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
  kGroups,
  kBias,
  kType,
};

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "in"},
    {.name = "out"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "kernel", .kind = ParamKind::kSize2d},
    {.name = "stride", .kind = ParamKind::kStep2d, .default_value = 1},
    {.name = "padding", .kind = ParamKind::kPadding, .min = 0, .default_value = 0},
    {.name = "dilation", .kind = ParamKind::kStep2d, .default_value = 1, .shown = false},
    {.name = "groups", .default_value = 1},
    {.name = "bias", .kind = ParamKind::kFlag, .min = 0, .default_value = 1, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

std::int64_t OutHeight(const LayerSpec& s) {
  return WindowPositions(s[kImageH], s[kKernelH], s[kStrideH], s[kPadTop], s[kPadBottom],
                         s[kDilationH], false);
}

std::int64_t OutWidth(const LayerSpec& s) {
  return WindowPositions(s[kImageW], s[kKernelW], s[kStrideW], s[kPadLeft], s[kPadRight],
                         s[kDilationW], false);
}

void Check(const LayerSpec& s) {
  if (s[kIn] % s[kGroups] != 0 || s[kOut] % s[kGroups] != 0) {
    throw Error(ErrorKind::kInput, "conv2d: groups=" + std::to_string(s[kGroups]) +
                                       " does not divide in=" + std::to_string(s[kIn]) +
                                       " and out=" + std::to_string(s[kOut]));
  }
  if (OutHeight(s) < 1 || OutWidth(s) < 1) {
    throw Error(ErrorKind::kInput, "conv2d: the kernel does not fit into the padded image " +
                                       ToString({s[kImageH], s[kImageW]}) +
                                       "; make the image larger");
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kOut], OutHeight(s), OutWidth(s)}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = ElementCount(OutputShape(s));
  const std::int64_t weights =
      CheckedProduct({s[kOut], s[kIn] / s[kGroups], s[kKernelH], s[kKernelW]});
  const std::int64_t params = weights + (s[kBias] != 0 ? s[kOut] : 0);
  return {
      .macs = CheckedProduct({outputs, s[kIn] / s[kGroups], s[kKernelH], s[kKernelW]}),
      .bias_adds = s[kBias] != 0 ? outputs : 0,
      .params = params,
      .input_bytes = BytesOf(CheckedProduct({s[kBatch], s[kIn], s[kImageH], s[kImageW]}), s[kType]),
      .output_bytes = BytesOf(outputs, s[kType]),
      .weight_bytes = BytesOf(params, s[kType])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  const TensorInfo& w = node.InputOfRank(1, 3);
  if (x.shape.size() != w.shape.size()) {
    node.Fail("weights " + ToString(w.shape) + " do not fit the input " + ToString(x.shape));
  }
  if (x.shape.size() != 4) return std::nullopt;  // conv1d, conv3d
  const std::int64_t groups = node.Int("group", 1);
  if (groups < 1 || x.shape[1] != w.shape[1] * groups) {
    node.Fail("weights " + ToString(w.shape) + " with " + std::to_string(groups) +
              " groups do not fit the input " + ToString(x.shape));
  }
  const Window2d window =
      ReadWindow2d(node, std::span(x.shape).subspan(2), std::array{w.shape[2], w.shape[3]});
  LayerSpec spec(kConv2d);
  spec.Set(kBatch, x.shape[0]).Set(kIn, x.shape[1]).Set(kOut, w.shape[0]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    spec.Set(kImageH + axis, x.shape[2 + axis])
        .Set(kKernelH + axis, window.kernel[axis])
        .Set(kStrideH + axis, window.stride[axis])
        .Set(kDilationH + axis, window.dilation[axis]);
  }
  for (std::size_t side = 0; side < 4; ++side) spec.Set(kPadTop + side, window.padding[side]);
  spec.Set(kGroups, groups)
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec);
}

constexpr std::string_view kOps[] = {"Conv"};

}  // namespace

const LayerType kConv2d = {
    .name = "conv2d",
    .summary = "2-d convolution, with groups, dilation and any padding",
    .example = "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1",
    .params = kParams,
    .ops = kOps,
    .check = Check,
    .output_shape = OutputShape,
    .work = CountWork,
    .lower = Lower};

}  // namespace joulecast
