// SPDX-License-Identifier: Apache-2.0
#include "layers/node_view.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::int64_t CeilDivide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// "SAME" keeps ceil(image / stride) positions and splits the padding that needs; the odd one out
/// goes to the end (UPPER) or the beginning (LOWER).
void PadToSame(Window& window, std::span<const std::int64_t> image, bool upper) {
  for (std::size_t axis = 0; axis < image.size(); ++axis) {
    const std::int64_t positions = CeilDivide(image[axis], window.stride[axis]);
    const std::int64_t reach = CheckedProduct({window.dilation[axis], window.kernel[axis] - 1}) + 1;
    const std::int64_t total =
        std::max<std::int64_t>(0, (positions - 1) * window.stride[axis] + reach - image[axis]);
    const std::int64_t less = total / 2;
    window.padding[axis] = upper ? less : total - less;
    window.padding[axis + image.size()] = upper ? total - less : less;
  }
}

/// The operand with as many extents of 1 behind it as its place in the other one needs.
Shape AlignedBeforeOpset7(const NodeView& node, const Shape& to, Shape operand) {
  const auto suffix = static_cast<std::int64_t>(to.size()) -
                      static_cast<std::int64_t>(std::min(operand.size(), to.size()));
  const std::size_t axis =
      to.empty() ? 0 : node.Axis(node.Int("axis", operand.empty() ? 0 : suffix), to.size());
  if (axis + operand.size() < to.size()) operand.resize(to.size() - axis, 1);
  return operand;
}

}  // namespace

const TensorInfo& NodeView::Input(std::size_t i) const {
  if (!HasInput(i)) Fail("input " + std::to_string(i) + " is missing");
  return *inputs_[i];
}

const TensorInfo& NodeView::InputOfRank(std::size_t i, std::size_t rank) const {
  const TensorInfo& input = Input(i);
  if (input.shape.size() < rank) {
    Fail("input " + std::to_string(i) + " is " + ToString(input.shape) + ", but at least " +
         std::to_string(rank) + " dimensions are needed");
  }
  return input;
}

const AttributeValue* NodeView::Find(std::string_view name) const {
  for (const auto& [key, value] : node_.attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::int64_t NodeView::Int(std::string_view name, std::int64_t otherwise) const {
  const AttributeValue* value = Find(name);
  if (value == nullptr) return otherwise;
  if (const auto* number = std::get_if<std::int64_t>(value)) return *number;
  Fail("attribute '" + std::string(name) + "' should be an integer");
}

double NodeView::Float(std::string_view name, double otherwise) const {
  const AttributeValue* value = Find(name);
  if (value == nullptr) return otherwise;
  if (const auto* number = std::get_if<double>(value)) return *number;
  Fail("attribute '" + std::string(name) + "' should be a number");
}

std::string NodeView::String(std::string_view name, std::string_view otherwise) const {
  const AttributeValue* value = Find(name);
  if (value == nullptr) return std::string(otherwise);
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  Fail("attribute '" + std::string(name) + "' should be a text");
}

std::optional<std::vector<std::int64_t>> NodeView::Ints(std::string_view name) const {
  const AttributeValue* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(value)) return *numbers;
  Fail("attribute '" + std::string(name) + "' should be a list of integers");
}

std::optional<std::vector<double>> NodeView::Floats(std::string_view name) const {
  const AttributeValue* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* numbers = std::get_if<std::vector<double>>(value)) return *numbers;
  Fail("attribute '" + std::string(name) + "' should be a list of numbers");
}

std::optional<DType> NodeView::ElementType(std::string_view name) const {
  if (!HasAttribute(name)) return std::nullopt;
  const std::string text = String(name, "");
  if (const auto dtype = DTypeFromName(text)) return dtype;
  Fail("attribute '" + std::string(name) + "' is no element type: '" + Printable(text, 40) + "'");
}

std::optional<std::vector<std::int64_t>> NodeView::IntsArgument(std::string_view name,
                                                                std::size_t i) const {
  if (auto attribute = Ints(name)) return attribute;
  if (!HasInput(i)) return std::nullopt;
  const TensorInfo& input = Input(i);
  if (!input.constant || (input.constant->ints.empty() && ElementCount(input.shape) > 0)) {
    FailDataDependent(name);
  }
  return input.constant->ints;
}

std::optional<std::vector<double>> NodeView::FloatsArgument(std::string_view name,
                                                            std::size_t i) const {
  if (auto attribute = Floats(name)) return attribute;
  if (!HasInput(i)) return std::nullopt;
  const TensorInfo& input = Input(i);
  if (!input.constant || (input.constant->floats.empty() && ElementCount(input.shape) > 0)) {
    FailDataDependent(name);
  }
  return input.constant->floats;
}

std::size_t NodeView::Axis(std::int64_t axis, std::size_t rank) const {
  const auto extent = static_cast<std::int64_t>(rank);
  if (axis < -extent || axis >= extent) {
    Fail("axis " + std::to_string(axis) + " is outside a tensor of " + std::to_string(rank) +
         " dimensions");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + extent : axis);
}

void NodeView::Fail(const std::string& message) const {
  throw Error(ErrorKind::kInput, node_.op + " '" + Printable(node_.name, 60) + "': " + message);
}

void NodeView::FailDataDependent(std::string_view argument) const {
  throw DataDependent(node_.op + " '" + Printable(node_.name, 60) + "': its '" +
                      std::string(argument) +
                      "' is computed from data at run time, so the shape of its result cannot be "
                      "known without running; export the model with fixed shapes");
}

Shape BroadcastShape(const NodeView& node, const Shape& a, const Shape& b) {
  Shape result = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  const std::size_t offset = result.size() - shorter.size();
  for (std::size_t axis = 0; axis < shorter.size(); ++axis) {
    std::int64_t& extent = result[offset + axis];
    if (extent == 1) {
      extent = shorter[axis];
    } else if (shorter[axis] != 1 && shorter[axis] != extent) {
      node.Fail("shapes " + ToString(a) + " and " + ToString(b) + " do not broadcast");
    }
  }
  return result;
}

Shape BroadcastShape(const NodeView& node) {
  Shape result = node.Input(0).shape;
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    Shape shape = node.Input(i).shape;
    if (node.Int("broadcast", 0) != 0) shape = AlignedBeforeOpset7(node, result, shape);
    result = BroadcastShape(node, result, shape);
  }
  return result;
}

bool IsWeight(const TensorInfo& tensor) {
  const bool is_fraction = tensor.dtype >= DType::kF64 && tensor.dtype <= DType::kBF16;
  return tensor.is_constant && is_fraction && ElementCount(tensor.shape) > 1;
}

std::int64_t StoredElements(const TensorInfo& tensor) {
  return tensor.stored.value_or(ElementCount(tensor.shape));
}

Lowered LowerTo(const NodeView& node, LayerSpec spec, std::optional<Shape> output_shape) {
  TensorInfo output{.dtype = node.Input(0).dtype};
  try {
    spec.Validate();
    output.shape = output_shape ? *std::move(output_shape) : spec.OutputShape();
    ElementCount(output.shape);
  } catch (const Error& error) {
    node.Fail(error.what());
  }
  return {std::move(spec), {std::move(output)}};
}

Window ReadWindow(const NodeView& node, std::span<const std::int64_t> image,
                  std::optional<std::span<const std::int64_t>> kernel) {
  const auto read = [&](std::string_view name, std::size_t count, std::int64_t otherwise) {
    auto numbers = node.Ints(name).value_or(std::vector(count, otherwise));
    if (numbers.size() != count) {
      node.Fail("attribute '" + std::string(name) + "' should have " + std::to_string(count) +
                " numbers");
    }
    return numbers;
  };
  const std::size_t axes = image.size();
  Window window{.kernel = read("kernel_shape", axes, 0),
                .stride = read("strides", axes, 1),
                .dilation = read("dilations", axes, 1),
                .padding = read("pads", 2 * axes, 0)};
  if (kernel) window.kernel.assign(kernel->begin(), kernel->end());
  for (const auto* numbers : {&window.kernel, &window.stride, &window.dilation}) {
    const auto [least, most] = std::minmax_element(numbers->begin(), numbers->end());
    if (*least < 1 || *most > LargestValue(ParamKind::kCount)) {
      node.Fail("kernel, stride and dilation must be at least 1, and no more than can be counted");
    }
  }
  window.ceil_mode = node.Int("ceil_mode", 0) != 0;
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    PadToSame(window, image, auto_pad == "SAME_UPPER");
  } else if (auto_pad == "VALID") {
    std::fill(std::begin(window.padding), std::end(window.padding), 0);
  } else if (auto_pad != "NOTSET") {
    node.Fail("unknown auto_pad '" + auto_pad + "'");
  }
  return window;
}

std::int64_t WindowPositions(std::int64_t image, std::int64_t kernel, std::int64_t stride,
                             std::int64_t before, std::int64_t after, std::int64_t dilation,
                             bool ceil_mode) {
  const std::int64_t padded = CheckedSum({image, before, after});
  const std::int64_t reach = CheckedProduct({dilation, kernel - 1}) + 1;
  if (reach > padded) return 0;
  const std::int64_t room = padded - reach;
  std::int64_t positions = (ceil_mode ? CeilDivide(room, stride) : room / stride) + 1;
  if (ceil_mode && (positions - 1) * stride >= image + before) --positions;
  return positions;
}

std::int64_t TapsInside(std::int64_t image, std::int64_t kernel, std::int64_t stride,
                        std::int64_t before, std::int64_t dilation, std::int64_t positions) {
  // Position p reads pixel p stride - before + tap dilation: inside where 0 <= pixel < image.
  const auto positions_inside = [&](std::int64_t tap) {
    const std::int64_t offset = tap * dilation - before;
    const std::int64_t first = offset >= 0 ? 0 : CeilDivide(-offset, stride);
    const std::int64_t end = image - offset <= 0 ? 0 : CeilDivide(image - offset, stride);
    return std::max<std::int64_t>(0, std::min(end, positions) - first);
  };
  // The taps from `always` to `sometimes` are inside at every position: only the others, no more
  // than the padding is wide, are looked at one by one.
  const std::int64_t always = std::min(kernel, CeilDivide(before, dilation));
  const std::int64_t sometimes =
      std::clamp(CeilDivide(image + before - (positions - 1) * stride, dilation), always, kernel);
  std::int64_t taps = CheckedProduct({sometimes - always, positions});
  for (std::int64_t tap = 0; tap < always; ++tap) taps += positions_inside(tap);
  for (std::int64_t tap = sometimes; tap < kernel; ++tap) taps += positions_inside(tap);
  return taps;
}

std::int64_t BytesOf(std::int64_t elements, std::int64_t dtype) {
  const std::int64_t bits = Bits(static_cast<DType>(dtype));
  return CheckedProduct({elements, bits}) / 8 + (elements * bits % 8 != 0 ? 1 : 0);
}

}  // namespace joulecast
