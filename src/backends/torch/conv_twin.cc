// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

#include <ATen/Context.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>

#include <algorithm>

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

Shape Numbers(const LayerSpec& spec, std::size_t first, std::size_t count) {
  Shape numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(spec[first + i]);
  return numbers;
}

Shape Image(const LayerSpec& s, const ConvLayout& layout) {
  return Numbers(s, layout.kImage, layout.rank);
}

Shape InputShape(const LayerSpec& s, const ConvLayout& layout) {
  Shape shape = Image(s, layout);
  shape.insert(shape.begin(), {s[layout.kBatch], s[layout.kIn]});
  return shape;
}

/// A transposed convolution's has the inputs first.
Shape WeightShape(const LayerSpec& s, const ConvLayout& layout) {
  const std::int64_t first = s[layout.transposed ? layout.kIn : layout.kOut];
  const std::int64_t second = s[layout.transposed ? layout.kOut : layout.kIn];
  Shape shape = Numbers(s, layout.kernel(), layout.rank);
  shape.insert(shape.begin(), {first, second / s[layout.groups()]});
  return shape;
}

/// Padding as PyTorch takes it, both sides of an axis alike. What is left over goes around the
/// image beforehand, or off the result of a transposed convolution.
struct Padding {
  Padding(const LayerSpec& s, const ConvLayout& layout)
      : before(Numbers(s, layout.padding(), layout.rank)),
        behind(Numbers(s, layout.padding() + layout.rank, layout.rank)) {
    for (std::size_t axis = 0; axis < layout.rank; ++axis) {
      both.push_back(std::min(before[axis], behind[axis]));
    }
  }
  bool is_even() const { return before == behind; }

  /// What goes around the image, the last axis first.
  Shape Around() const {
    Shape around;
    for (std::size_t axis = before.size(); axis-- > 0;) {
      around.push_back(before[axis]);
      around.push_back(behind[axis]);
    }
    return around;
  }

  /// The part of a transposed convolution's result that is left.
  at::Tensor Cropped(at::Tensor result, const Shape& shape) const {
    for (std::size_t axis = 0; axis < before.size(); ++axis) {
      result = result.narrow(static_cast<std::int64_t>(axis) + 2, before[axis] - both[axis],
                             shape[axis + 2]);
    }
    return result;
  }

  Shape before;
  Shape behind;
  Shape both;
};

bool IsPaddedBefore(const LayerSpec& s, const ConvLayout& layout) {
  return !layout.transposed && !Padding(s, layout).is_even();
}

std::int64_t PaddedElements(const LayerSpec& s, const ConvLayout& layout) {
  Shape input = InputShape(s, layout);
  if (layout.transposed) return ElementCount(input);
  const Padding padding(s, layout);
  for (std::size_t axis = 0; axis < layout.rank; ++axis) {
    input[axis + 2] = CheckedSum({input[axis + 2], padding.before[axis], padding.behind[axis]});
  }
  return ElementCount(input);
}

/// A matrix product on columns that the image is copied to, or of a transposed convolution the
/// result; a 1x1 kernel does without.
std::int64_t ColumnElements(const LayerSpec& s, const ConvLayout& layout) {
  const std::int64_t kernel = ElementCount(Numbers(s, layout.kernel(), layout.rank));
  const Shape image = Image(s, layout);
  const Shape output = s.OutputShape();
  const std::int64_t positions = ElementCount(Shape(output.begin() + 2, output.end()));
  const Shape stride = Numbers(s, layout.stride(), layout.rank);
  const bool is_pointwise = kernel == 1 && positions == ElementCount(image) &&
                            std::ranges::all_of(stride, [](auto step) { return step == 1; });
  if (is_pointwise) return 0;
  const std::int64_t channels = s[layout.transposed ? layout.kOut : layout.kIn];
  return CheckedProduct(
      {output[0], channels, kernel, layout.transposed ? ElementCount(image) : positions});
}

/// oneDNN copies its tensors to blocks of 16 channels, one a vector; the blocked input has gone
/// when the plain output comes. At most: of a transposed convolution's result there is a further
/// copy since version 3.
std::int64_t BlockedElements(const LayerSpec& s, const ConvLayout& layout) {
  const std::int64_t groups = s[layout.groups()];
  const auto blocks = [&](std::int64_t channels) {
    return groups == 1 ? (channels + 15) / 16 * 16 : channels + 15;
  };
  const std::int64_t output = ElementCount(s.OutputShape());
  const std::int64_t in = blocks(s[layout.kIn]);
  const std::int64_t out = blocks(s[layout.kOut]);
  const std::int64_t input =
      CheckedProduct({PaddedElements(s, layout) / s[layout.kIn], in}) - output;
  const std::int64_t kernel = ElementCount(Numbers(s, layout.kernel(), layout.rank));
  return CheckedSum({CheckedProduct({output / s[layout.kOut], out, layout.transposed ? 2 : 1}),
                     std::max<std::int64_t>(0, input),
                     CheckedProduct({in / groups + 1, out, kernel})});
}

}  // namespace

std::vector<Operand> ConvOperands(const LayerSpec& s, const ConvLayout& layout) {
  for (std::size_t axis = 0; layout.transposed && axis < layout.rank; ++axis) {
    if (s[layout.output_padding() + axis] <
        std::max(s[layout.stride() + axis], s[layout.dilation() + axis])) {
      continue;
    }
    throw Error(ErrorKind::kInput, s.ToString() + ": PyTorch pads the result of a transposed " +
                                       "convolution by less than its stride or dilation");
  }
  return {{.shape = InputShape(s, layout)}};
}

Step MakeConv(const LayerSpec& s, const Site& site, const ConvLayout& layout) {
  const Shape shape = WeightShape(s, layout);
  const std::int64_t fan_in = CheckedProduct(
      {s[layout.kIn] / s[layout.groups()], ElementCount(Shape(shape.begin() + 2, shape.end()))});
  const at::Tensor weight = site.source.Weights(shape, TypeOf(s), fan_in);
  at::Tensor bias;
  if (s[layout.bias()] != 0) bias = site.source.Weights({s[layout.kOut]}, TypeOf(s), fan_in);
  const Padding padding(s, layout);
  Shape around;
  if (IsPaddedBefore(s, layout)) around = padding.Around();
  const Shape both = around.empty() ? padding.both : Shape(layout.rank, 0);
  const bool crops = layout.transposed && !padding.is_even();
  return [=, stride = Numbers(s, layout.stride(), layout.rank),
          dilation = Numbers(s, layout.dilation(), layout.rank), groups = s[layout.groups()],
          output_padding = layout.transposed ? Numbers(s, layout.output_padding(), layout.rank)
                                             : Shape(layout.rank, 0),
          transposed = layout.transposed,
          output = s.OutputShape()](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor image = around.empty() ? x[0] : at::constant_pad_nd(x[0], around);
    const at::Tensor result = at::convolution(image, weight, bias, stride, both, dilation,
                                              transposed, output_padding, groups);
    return {crops ? padding.Cropped(result, output) : result};
  };
}

std::int64_t ConvScratchBytes(const LayerSpec& s, const ConvLayout& layout) {
  const DType type = TypeOf(s);
  const bool is_blocked = at::hasMKLDNN() && Bits(type) <= 32;
  const std::int64_t copies = is_blocked ? BlockedElements(s, layout) : ColumnElements(s, layout);
  const std::int64_t padded = IsPaddedBefore(s, layout) ? PaddedElements(s, layout) : 0;
  return BytesOf(CheckedSum({copies, padded}), static_cast<std::int64_t>(type));
}

}  // namespace joulecast
