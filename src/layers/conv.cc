// SPDX-License-Identifier: Apache-2.0
#include "layers/conv.h"

#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/product.h"

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;

Ints Slice(const LayerSpec& s, std::size_t first, std::size_t count) {
  Ints slots;
  for (std::size_t i = 0; i < count; ++i) slots.push_back(s[first + i]);
  return slots;
}

/// Where an operator keeps its weights and its bias among its inputs.
struct Places {
  std::size_t weights;
  std::size_t bias;
};

Places PlacesOf(std::string_view op) {
  if (op == "QLinearConv") return {.weights = 3, .bias = 8};
  // Inputs 2 and 3 of ConvInteger are zero points; it has no bias.
  if (op == "ConvInteger") return {.weights = 1, .bias = 4};
  return {.weights = 1, .bias = 2};
}

DType ResultType(const NodeView& node) {
  if (node.op() == "ConvInteger") return DType::kI32;
  return node.Input(node.op() == "QLinearConv" ? 7 : 0).dtype;
}

/// "total = stride (in - 1) + output_padding + reach - out", split as ONNX splits it; a result
/// larger than that is padded at its end.
void FitToResult(const NodeView& node, Window& window, Ints& output_padding,
                 std::span<const std::int64_t> image, const Ints& wanted) {
  const std::size_t rank = image.size();
  if (wanted.size() != rank) {
    node.Fail("attribute 'output_shape' should have " + std::to_string(rank) + " numbers");
  }
  const bool upper = node.String("auto_pad", "NOTSET") == "SAME_UPPER";
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t reach = CheckedProduct({window.dilation[axis], window.kernel[axis] - 1}) + 1;
    const std::int64_t whole = CheckedSum(
        {CheckedProduct({window.stride[axis], image[axis] - 1}), output_padding[axis], reach});
    const std::int64_t total = CheckedSum({whole, CheckedProduct({-1, wanted[axis]})});
    const std::int64_t cropped = std::max<std::int64_t>(0, total);
    output_padding[axis] += cropped - total;
    window.padding[axis] = upper ? cropped / 2 : cropped - cropped / 2;
    window.padding[axis + rank] = cropped - window.padding[axis];
  }
}

/// The window of a transposed convolution, whose padding crops the result. output_shape and
/// auto_pad fix the result instead.
Ints ReadOutputPadding(const NodeView& node, Window& window, std::span<const std::int64_t> image) {
  Ints output_padding = node.Ints("output_padding").value_or(Ints(image.size(), 0));
  if (output_padding.size() != image.size()) {
    node.Fail("attribute 'output_padding' should have " + std::to_string(image.size()) +
              " numbers");
  }
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  auto wanted = node.Ints("output_shape");
  if (!wanted && (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER")) {
    wanted.emplace();
    for (std::size_t axis = 0; axis < image.size(); ++axis) {
      wanted->push_back(CheckedProduct({image[axis], window.stride[axis]}));
    }
  }
  if (wanted) FitToResult(node, window, output_padding, image, *wanted);
  return output_padding;
}

}  // namespace

std::int64_t ConvExtent(const LayerSpec& s, const ConvLayout& layout, std::size_t axis) {
  const std::int64_t image = s[layout.kImage + axis];
  const std::int64_t kernel = s[layout.kernel() + axis];
  const std::int64_t stride = s[layout.stride() + axis];
  const std::int64_t before = s[layout.padding() + axis];
  const std::int64_t after = s[layout.padding() + layout.rank + axis];
  const std::int64_t dilation = s[layout.dilation() + axis];
  if (!layout.transposed) {
    return WindowPositions(image, kernel, stride, before, after, dilation, false);
  }
  const std::int64_t reach = CheckedProduct({dilation, kernel - 1}) + 1;
  return CheckedSum(
             {CheckedProduct({stride, image - 1}), reach, s[layout.output_padding() + axis]}) -
         before - after;
}

void CheckConv(const LayerSpec& s, const ConvLayout& layout) {
  const std::string name(s.type().name);
  const std::int64_t groups = s[layout.groups()];
  if (s[layout.kIn] % groups != 0 || s[layout.kOut] % groups != 0) {
    throw Error(ErrorKind::kInput, name + ": groups=" + std::to_string(groups) +
                                       " does not divide in=" + std::to_string(s[layout.kIn]) +
                                       " and out=" + std::to_string(s[layout.kOut]));
  }
  // Taps that lie in the padding at some position are looked at one by one.
  constexpr std::int64_t kMostPadding = std::int64_t{1} << 20;
  for (std::size_t side = 0; side < 2 * layout.rank; ++side) {
    if (s[layout.padding() + side] <= kMostPadding) continue;
    throw Error(ErrorKind::kInput, name + ": a padding of " +
                                       std::to_string(s[layout.padding() + side]) +
                                       " is more than " + std::to_string(kMostPadding));
  }
  for (std::size_t axis = 0; axis < layout.rank; ++axis) {
    if (ConvExtent(s, layout, axis) >= 1) continue;
    throw Error(ErrorKind::kInput,
                name +
                    (layout.transposed ? ": the padding crops all of the result of the image "
                                       : ": the kernel does not fit into the padded image ") +
                    ToString(Slice(s, layout.kImage, layout.rank)) + "; make the image larger");
  }
}

Shape ConvOutputShape(const LayerSpec& s, const ConvLayout& layout) {
  Shape shape = {s[layout.kBatch], s[layout.kOut]};
  for (std::size_t axis = 0; axis < layout.rank; ++axis) {
    shape.push_back(ConvExtent(s, layout, axis));
  }
  return shape;
}

/// No shape is made: forecasts come here a million times a second.
Work CountConv(const LayerSpec& s, const ConvLayout& layout) {
  const std::int64_t in = s[layout.kIn];
  const std::int64_t out = s[layout.kOut];
  const std::int64_t groups = s[layout.groups()];
  const std::int64_t bias = s[layout.bias()];
  const std::int64_t dtype = s[layout.dtype()];
  std::int64_t kernel = 1;
  std::int64_t inputs = CheckedProduct({s[layout.kBatch], in});
  std::int64_t outputs = CheckedProduct({s[layout.kBatch], out});
  for (std::size_t axis = 0; axis < layout.rank; ++axis) {
    kernel = CheckedProduct({kernel, s[layout.kernel() + axis]});
    inputs = CheckedProduct({inputs, s[layout.kImage + axis]});
    outputs = CheckedProduct({outputs, ConvExtent(s, layout, axis)});
  }
  const std::int64_t params = CheckedProduct({out, in / groups, kernel}) + bias * out;
  return {.macs = layout.transposed ? CheckedProduct({inputs, out / groups, kernel})
                                    : CheckedProduct({outputs, in / groups, kernel}),
          .bias_adds = bias * outputs,
          .params = params,
          .input_bytes = BytesOf(inputs, dtype),
          .output_bytes = BytesOf(outputs, dtype),
          .weight_bytes = BytesOf(params, dtype)};
}

Work CountConvBackward(const LayerSpec& s, const ConvLayout& layout, bool input_grad) {
  Work work = BackwardOfFunction(s, input_grad);
  if (input_grad) {
    work.weight_bytes -= BytesOf(s[layout.bias()] * s[layout.kOut], s[layout.dtype()]);
  }
  return work;
}

std::optional<Lowered> LowerConv(const NodeView& node, const LayerType& type,
                                 const ConvLayout& layout) {
  const Places places = PlacesOf(node.op());
  const TensorInfo& x = node.InputOfRank(0, 3);
  const TensorInfo& w = node.InputOfRank(places.weights, 3);
  const std::int64_t groups = node.Int("group", 1);
  const bool fits =
      groups >= 1 && x.shape.size() == w.shape.size() &&
      x.shape[1] == (layout.transposed ? w.shape[0] : CheckedProduct({w.shape[1], groups}));
  if (!fits) {
    node.Fail("weights " + ToString(w.shape) + " with " + std::to_string(groups) +
              " groups do not fit the input " + ToString(x.shape));
  }
  if (x.shape.size() != layout.rank + 2) return std::nullopt;
  const auto image = std::span(x.shape).subspan(2);
  Window window = ReadWindow(node, image, std::span(w.shape).subspan(2));
  LayerSpec spec(type);
  const auto set = [&](std::size_t first, std::span<const std::int64_t> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) spec.Set(first + i, numbers[i]);
  };
  if (layout.transposed) set(layout.output_padding(), ReadOutputPadding(node, window, image));
  set(layout.kImage, image);
  set(layout.kernel(), window.kernel);
  set(layout.stride(), window.stride);
  set(layout.padding(), window.padding);
  set(layout.dilation(), window.dilation);
  spec.Set(layout.kBatch, x.shape[0])
      .Set(layout.kIn, x.shape[1])
      .Set(layout.kOut, layout.transposed ? CheckedProduct({w.shape[1], groups}) : w.shape[0])
      .Set(layout.groups(), groups)
      .Set(layout.bias(), node.HasInput(places.bias) ? 1 : 0)
      .Set(layout.dtype(), ProductType(x));
  return WithResultType(LowerTo(node, spec), ResultType(node));
}

}  // namespace joulecast
