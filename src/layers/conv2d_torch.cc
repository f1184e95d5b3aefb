// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>

#include <algorithm>

#include "backends/torch/twin.h"
#include "base/checked.h"

namespace joulecast {
namespace {

Shape Pair(const LayerSpec& spec, std::string_view param) {
  const std::size_t slot = spec.SlotOf(param);
  return {spec[slot], spec[slot + 1]};
}

Shape InputShape(const LayerSpec& spec) {
  const Shape image = Pair(spec, "image");
  return {spec.Get("batch"), spec.Get("in"), image[0], image[1]};
}

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = InputShape(spec)}}; }

Shape WeightShape(const LayerSpec& spec) {
  const Shape kernel = Pair(spec, "kernel");
  return {spec.Get("out"), spec.Get("in") / spec.Get("groups"), kernel[0], kernel[1]};
}

/// PyTorch's convolution pads both sides alike: anything else is padded beforehand.
bool IsPaddedBefore(const LayerSpec& spec) {
  const std::size_t pad = spec.SlotOf("padding");
  return spec[pad] != spec[pad + 2] || spec[pad + 1] != spec[pad + 3];
}

Step Make(const LayerSpec& spec, const Site& site) {
  const Shape shape = WeightShape(spec);
  const std::int64_t fan_in = shape[1] * shape[2] * shape[3];
  const at::Tensor weight = site.source.Weights(shape, TypeOf(spec), fan_in);
  at::Tensor bias;
  if (spec.Get("bias") != 0) bias = site.source.Weights({shape[0]}, TypeOf(spec), fan_in);
  const Shape stride = Pair(spec, "stride");
  const Shape dilation = Pair(spec, "dilation");
  const std::int64_t groups = spec.Get("groups");
  const std::size_t pad = spec.SlotOf("padding");  // top, left, bottom, right
  Shape padding = {spec[pad], spec[pad + 1]};
  Shape around;
  if (IsPaddedBefore(spec)) {
    around = {spec[pad + 1], spec[pad + 3], spec[pad], spec[pad + 2]};
    padding = {0, 0};
  }
  return [=](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor image = around.empty() ? x[0] : at::constant_pad_nd(x[0], around);
    return {at::conv2d(image, weight, bias, stride, padding, dilation, groups)};
  };
}

std::int64_t PaddedElements(const LayerSpec& spec) {
  const std::size_t pad = spec.SlotOf("padding");
  const Shape input = InputShape(spec);
  return ElementCount({input[0], input[1], input[2] + spec[pad] + spec[pad + 2],
                       input[3] + spec[pad + 1] + spec[pad + 3]});
}

/// A matrix product on columns that the image is copied to, which a 1x1 kernel does without.
std::int64_t ColumnElements(const LayerSpec& spec) {
  const Shape weight = WeightShape(spec);
  const Shape output = spec.OutputShape();
  const bool is_pointwise = weight[2] * weight[3] == 1 && Pair(spec, "stride") == Shape{1, 1} &&
                            output[2] * output[3] == ElementCount(Pair(spec, "image"));
  if (is_pointwise) return 0;
  return CheckedProduct({output[0], spec.Get("in"), weight[2], weight[3], output[2], output[3]});
}

/// oneDNN copies its tensors to blocks of 16 channels, one a vector; the blocked input has gone
/// when the plain output comes.
std::int64_t BlockedElements(const LayerSpec& spec) {
  const auto blocks = [&](std::int64_t channels) {
    return spec.Get("groups") == 1 ? (channels + 15) / 16 * 16 : channels + 15;
  };
  const Shape output = spec.OutputShape();
  const std::int64_t in = blocks(spec.Get("in"));
  const std::int64_t out = blocks(output[1]);
  const std::int64_t input =
      CheckedProduct({PaddedElements(spec) / spec.Get("in"), in}) - ElementCount(output);
  const Shape kernel = Pair(spec, "kernel");
  return CheckedSum({CheckedProduct({output[0], out, output[2], output[3]}),
                     std::max<std::int64_t>(0, input),
                     CheckedProduct({in / spec.Get("groups") + 1, out, kernel[0], kernel[1]})});
}

std::int64_t ScratchBytes(const LayerSpec& spec) {
  const DType type = TypeOf(spec);
  const bool is_blocked = at::hasMKLDNN() && Bits(type) <= 32;
  const std::int64_t copies = is_blocked ? BlockedElements(spec) : ColumnElements(spec);
  const std::int64_t padded = IsPaddedBefore(spec) ? PaddedElements(spec) : 0;
  return BytesOf(CheckedSum({copies, padded}), static_cast<std::int64_t>(type));
}

}  // namespace

extern const Twin kConv2dTwin = {.operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
