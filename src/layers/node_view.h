// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "joulecast/error.h"
#include "layers/catalog.h"

namespace joulecast {

/// A node whose result has a shape that only running it tells.
class DataDependent : public Error {
 public:
  explicit DataDependent(const std::string& message) : Error(ErrorKind::kInput, message) {}
};

/// One graph node with its inputs resolved: what a layer type lowers.
class NodeView {
 public:
  struct Context {
    std::int64_t baked_batch = 0;     ///< the batch that the file fixes, 0 if it fixes none
    std::int64_t batch = 1;           ///< the batch that the caller wants
    bool input_is_rectified = false;  ///< the first input is a relu's result, or a view of it
    bool input_is_dead = false;       ///< nobody else reads the first input: it may be overwritten
  };

  /// An input that is absent, or whose shape could not be known, is null.
  NodeView(const Node& node, std::span<const TensorInfo* const> inputs, Context context)
      : node_(node), inputs_(inputs), context_(context) {}

  const Node& node() const { return node_; }
  std::string_view op() const { return node_.op; }
  const Context& context() const { return context_; }

  std::size_t input_count() const { return inputs_.size(); }
  bool HasInput(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  /// Throws Error{kInput} if the input is absent.
  const TensorInfo& Input(std::size_t i) const;
  /// The same, and throws Error{kInput} if it has fewer dimensions than `rank`.
  const TensorInfo& InputOfRank(std::size_t i, std::size_t rank) const;

  bool HasAttribute(std::string_view name) const { return Find(name) != nullptr; }
  std::int64_t Int(std::string_view name, std::int64_t otherwise) const;
  double Float(std::string_view name, double otherwise) const;
  std::string String(std::string_view name, std::string_view otherwise) const;
  std::optional<std::vector<std::int64_t>> Ints(std::string_view name) const;

  /// A list of numbers; a single tensor's where the attribute is one.
  std::optional<std::vector<double>> Floats(std::string_view name) const;
  /// An element type, which the graph gives by its name ("f16").
  std::optional<DType> ElementType(std::string_view name) const;

  /// A list of integers that older opsets give as the attribute `name` and newer ones as input `i`.
  /// nullopt if neither is there. Throws DataDependent if the input is not a known constant.
  std::optional<std::vector<std::int64_t>> IntsArgument(std::string_view name, std::size_t i) const;
  std::optional<std::vector<double>> FloatsArgument(std::string_view name, std::size_t i) const;

  /// An axis counted from the back when negative; throws Error{kInput} out of range.
  std::size_t Axis(std::int64_t axis, std::size_t rank) const;

  /// Throws Error{kInput}: "Conv 'features.0': " and the message.
  [[noreturn]] void Fail(const std::string& message) const;

  /// Throws DataDependent: so-and-so "is computed from data at run time".
  [[noreturn]] void FailDataDependent(std::string_view argument) const;

 private:
  const AttributeValue* Find(std::string_view name) const;

  const Node& node_;
  std::span<const TensorInfo* const> inputs_;
  Context context_;
};

/// Shape of the result of an elementwise operation over all inputs: numpy broadcasting, or before
/// opset 7 the second operand laid along the first from `axis` on.
/// Throws Error{kInput} if they do not fit each other.
Shape BroadcastShape(const NodeView& node);

/// The same of two shapes.
Shape BroadcastShape(const NodeView& node, const Shape& a, const Shape& b);

/// Whether a constant counts as trained numbers: it holds more than one, and fractions.
bool IsWeight(const TensorInfo& tensor);

/// Elements that a tensor takes in storage: fewer than its shape has where a view repeats them.
std::int64_t StoredElements(const TensorInfo& tensor);

/// The usual end of `lower`: validates the spec and pairs it with one output of the first input's
/// element type. The shape is the spec's own, or the given one where the spec is flattened.
Lowered LowerTo(const NodeView& node, LayerSpec spec,
                std::optional<Shape> output_shape = std::nullopt);

/// A sliding window's use along each spatial axis, as ONNX's Conv and pools describe it.
struct Window {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::vector<std::int64_t> padding;  ///< before each axis, then behind each
  bool ceil_mode = false;
};

/// Reads kernel_shape (or takes `kernel` for Conv, where weights imply it), strides, dilations,
/// pads, auto_pad and ceil_mode. `image` has the spatial extents. Throws Error{kInput} on a bad
/// length.
Window ReadWindow(const NodeView& node, std::span<const std::int64_t> image,
                  std::optional<std::span<const std::int64_t>> kernel);

/// Number of window positions along one axis; 0 if the window does not fit.
/// floor((image + before + after - dilation (kernel - 1) - 1) / stride) + 1; ceil mode rounds up
/// and drops a last window that starts in the trailing padding (PyTorch's rule).
std::int64_t WindowPositions(std::int64_t image, std::int64_t kernel, std::int64_t stride,
                             std::int64_t before, std::int64_t after, std::int64_t dilation,
                             bool ceil_mode);

/// Number of kernel taps that fall inside the image along one axis, summed over all positions.
std::int64_t TapsInside(std::int64_t image, std::int64_t kernel, std::int64_t stride,
                        std::int64_t before, std::int64_t dilation, std::int64_t positions);

/// Bytes of that many elements, rounded up. Throws Error{kInput} past 2^53.
std::int64_t BytesOf(std::int64_t elements, std::int64_t dtype);

}  // namespace joulecast
