// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// How an image of [batch, height, width, channels] is cut into square windows of tokens: by Swin
/// (A. Liu et al., arXiv 2103.14030), which pads and rolls it, and by MaxViT (Z. Tu et al., arXiv
/// 2204.01697), whose windows are neighbours or a grid of every n-th token.
struct WindowPlan {
  Shape image;           ///< as given
  Shape padded;          ///< as cut
  std::int64_t side;     ///< tokens along each side of a window
  std::int64_t windows;  ///< of one sample
  bool is_rolled;        ///< false where one window is the whole image

  bool is_padded() const { return padded != image; }
  std::int64_t tokens() const { return side * side; }
  /// [batch * windows, tokens, channels]
  Shape Cut() const { return {image[0] * windows, tokens(), image[3]}; }
};

/// Reads `window`, `shift` and `pads` for the image that is input `i`. Throws Error{kInput}
/// if windows do not fit it.
WindowPlan PlanWindows(const NodeView& node, std::size_t i);

}  // namespace joulecast
