// SPDX-License-Identifier: Apache-2.0
// avgpool2d -- y[batch, channels, oh, ow] = the mean of x in each window; include_pad says whether
// the zeros of the padding are divided by, too.
#include <algorithm>

#include "layers/backward.h"
#include "layers/pool.h"

namespace joulecast {
namespace {

constexpr std::size_t kIncludePad = kPoolSlots;

constexpr auto kParams = [] {
  std::array<Param, kPoolParams.size() + 1> params;
  *std::copy(kPoolParams.begin(), kPoolParams.end(), params.begin()) = {.name = "include_pad",
                                                                        .kind = ParamKind::kFlag,
                                                                        .min = 0,
                                                                        .default_value = 1,
                                                                        .shown = false};
  return params;
}();

std::optional<Lowered> Lower(const NodeView& node) {
  auto spec = ReadPool(node, kAvgPool2d);
  if (!spec) return std::nullopt;
  bool padded = (*spec)[kPoolCeil] != 0;  // the last window may reach past the image
  for (std::size_t side = kPoolPadTop; side <= kPoolPadRight; ++side) {
    padded = padded || (*spec)[side] != 0;
  }
  spec->Set(kIncludePad, !padded || node.Int("count_include_pad", 0) != 0 ? 1 : 0);
  return LowerTo(node, *spec);
}

/// The same windows, gone through for their sum instead of their largest.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  LayerSpec pool(kMaxPool2d);
  for (std::size_t slot = 0; slot < kPoolSlots; ++slot) pool.Set(slot, s[slot]);
  return pool;
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  const auto windows = static_cast<double>(ElementCount(PoolShape(s)));
  const auto kernel = static_cast<double>(s[kPoolKernelH]) * static_cast<double>(s[kPoolKernelW]);
  MeasureAveragePool(CountPool(s), windows * kernel, windows, traits, amounts);
}

constexpr std::string_view kOps[] = {"AveragePool"};

}  // namespace

const LayerType kAvgPool2d = {
    .name = "avgpool2d",
    .summary = "2-d average pooling",
    .example = "avgpool2d batch=8 channels=64 image=56x56 kernel=2x2 stride=2",
    .params = kParams,
    .ops = kOps,
    .check = CheckPool,
    .output_shape = PoolShape,
    .work = CountPool,
    .lower = Lower,
    .terms = kAveragePoolTerms,
    .amounts = MeasureAmounts,
    .backward = BackwardOfMove,
    .relative = Relative,
    .read_amounts = ReadStream};

}  // namespace joulecast
