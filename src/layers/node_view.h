// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "joulecast/node_view.h"
#include "layers/catalog.h"

namespace joulecast {

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
