// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/zoo/builder.h"

namespace joulecast {

/// How an image of [batch, height, width, channels] is cut into windows of tokens.
struct Windows {
  std::int64_t size = 7;   ///< tokens along each side of a window
  std::int64_t shift = 0;  ///< the image is rolled so far first, if it has more than one window
  bool pads = false;       ///< an image that windows do not fit grows; otherwise it is refused
};

/// -> [batch * windows, size * size, channels].
ValueId CutWindows(ZooBuilder& net, const std::string& path, ValueId image, const Windows& windows);

/// The way back, to the shape of `image`.
ValueId JoinWindows(ZooBuilder& net, const std::string& path, ValueId x, ValueId image,
                    const Windows& windows);

/// The parts of attention within windows that differ between families.
struct WindowAttention {
  std::int64_t width = 0;
  std::int64_t heads = 1;
  std::string qkv;   ///< path of the linear layer that queries, keys and values come from
  std::string proj;  ///< and of the one that they go to
  std::string path;  ///< of everything else
};

/// Queries, keys and values of `tokens`, [windows, tokens, width], as [windows, heads, tokens, d],
/// the keys as [windows, heads, d, tokens].
struct Heads {
  ValueId queries;
  ValueId keys;
  ValueId values;
};
Heads SplitHeads(ZooBuilder& net, const WindowAttention& attention, ValueId tokens);

/// Adds table[offset of two tokens, head] to scores of [windows, heads, tokens, tokens].
ValueId AddRelativeBias(ZooBuilder& net, const std::string& path, ValueId scores, ValueId table);

/// A stored table of relative biases.
ValueId RelativeBiasTable(ZooBuilder& net, const std::string& path, const Windows& windows,
                          std::int64_t heads);

/// Keeps tokens apart that only the roll made neighbours.
ValueId AddWindowMask(ZooBuilder& net, const std::string& path, ValueId scores, ValueId image,
                      const Windows& windows);

/// softmax(scores) v, back to [windows, tokens, width] and through the last linear layer.
ValueId Attend(ZooBuilder& net, const WindowAttention& attention, ValueId scores, ValueId values);

}  // namespace joulecast
