// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "layers/node_view.h"

namespace joulecast {

/// Where a convolution over so many spatial axes keeps its parameters. A transposed one has the
/// output's padding as well.
struct ConvLayout {
  std::size_t rank;
  bool transposed = false;

  static constexpr std::size_t kBatch = 0;
  static constexpr std::size_t kIn = 1;
  static constexpr std::size_t kOut = 2;
  static constexpr std::size_t kImage = 3;
  constexpr std::size_t kernel() const { return kImage + rank; }
  constexpr std::size_t stride() const { return kernel() + rank; }
  constexpr std::size_t padding() const { return stride() + rank; }  ///< before each, behind each
  constexpr std::size_t dilation() const { return padding() + 2 * rank; }
  constexpr std::size_t output_padding() const { return dilation() + rank; }
  constexpr std::size_t groups() const { return output_padding() + (transposed ? rank : 0); }
  constexpr std::size_t bias() const { return groups() + 1; }
  constexpr std::size_t dtype() const { return bias() + 1; }
};

inline constexpr ConvLayout kConv2dLayout{.rank = 2};

/// What LowerConv reads as a convolution. An activation behind it in the same kernel is free.
inline constexpr std::string_view kConvOps[] = {"Conv", "ConvInteger", "QLinearConv",
                                                "com.microsoft::FusedConv"};

inline constexpr std::string_view kConvTransposeOps[] = {"ConvTranspose"};

/// Parameters in the layout's order.
template <ConvLayout kLayout>
constexpr auto ConvParams() {
  constexpr std::size_t kAxes = kLayout.rank - 1;
  constexpr std::string_view kImages[] = {"length", "image", "volume"};
  constexpr ParamKind kSizes[] = {ParamKind::kCount, ParamKind::kSize2d, ParamKind::kSize3d};
  constexpr ParamKind kSteps[] = {ParamKind::kCount, ParamKind::kStep2d, ParamKind::kStep3d};
  constexpr ParamKind kPaddings[] = {ParamKind::kPadding1d, ParamKind::kPadding,
                                     ParamKind::kPadding3d};
  const std::array<Param, 8> first = {{
      {.name = "batch"},
      {.name = "in"},
      {.name = "out"},
      {.name = kImages[kAxes], .kind = kSizes[kAxes]},
      {.name = "kernel", .kind = kSizes[kAxes]},
      {.name = "stride", .kind = kSteps[kAxes], .default_value = 1},
      {.name = "padding", .kind = kPaddings[kAxes], .min = 0, .default_value = 0},
      {.name = "dilation", .kind = kSteps[kAxes], .default_value = 1, .shown = false},
  }};
  const std::array<Param, 3> last = {{
      {.name = "groups", .default_value = 1},
      {.name = "bias",
       .kind = ParamKind::kFlag,
       .min = 0,
       .default_value = 1,
       .shown = false,
       .minor = true},
      {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
  }};
  std::array<Param, kLayout.transposed ? 12 : 11> params;
  auto next = std::copy(first.begin(), first.end(), params.begin());
  if (kLayout.transposed) {
    *next++ = {.name = "output_padding",
               .kind = kSteps[kAxes],
               .min = 0,
               .default_value = 0,
               .shown = false};
  }
  std::copy(last.begin(), last.end(), next);
  return params;
}

/// Result extent along one axis; below 1 where nothing fits.
std::int64_t ConvExtent(const LayerSpec& spec, const ConvLayout& layout, std::size_t axis);

void CheckConv(const LayerSpec& spec, const ConvLayout& layout);
Shape ConvOutputShape(const LayerSpec& spec, const ConvLayout& layout);
/// Taps in the padding count as MACs. Of a transposed convolution each input element meets each
/// tap, those that are cropped from the result included.
Work CountConv(const LayerSpec& spec, const ConvLayout& layout);
/// The bias is not read again.
Work CountConvBackward(const LayerSpec& spec, const ConvLayout& layout, bool input_grad);
/// Reads Conv, ConvTranspose, and their relatives in integers or with an activation behind.
/// nullopt if the node has another number of axes.
std::optional<Lowered> LowerConv(const NodeView& node, const LayerType& type,
                                 const ConvLayout& layout);

template <ConvLayout kLayout>
inline constexpr auto kConvParams = ConvParams<kLayout>();

/// What a convolution costs: all that types of one layout differ in.
struct ConvCost {
  std::span<const Term> terms;
  void (*amounts)(const LayerSpec&, const DeviceTraits&, std::span<double>);
  std::optional<LayerSpec> (*relative)(const LayerSpec&) = nullptr;
};

/// A convolution type. Its operators follow from the layout.
template <const LayerType& kType, ConvLayout kLayout>
constexpr LayerType ConvType(std::string_view name, std::string_view summary,
                             std::string_view example, const ConvCost& cost) {
  return {.name = name,
          .summary = summary,
          .example = example,
          .params = kConvParams<kLayout>,
          .ops = kLayout.transposed ? std::span<const std::string_view>(kConvTransposeOps)
                                    : std::span<const std::string_view>(kConvOps),
          .check = [](const LayerSpec& spec) { CheckConv(spec, kLayout); },
          .output_shape = [](const LayerSpec& spec) { return ConvOutputShape(spec, kLayout); },
          .work = [](const LayerSpec& spec) { return CountConv(spec, kLayout); },
          .lower = [](const NodeView& node) { return LowerConv(node, kType, kLayout); },
          .terms = cost.terms,
          .amounts = cost.amounts,
          .backward = [](const LayerSpec& spec,
                         bool input_grad) { return CountConvBackward(spec, kLayout, input_grad); },
          .relative = cost.relative};
}

}  // namespace joulecast
