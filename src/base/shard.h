// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace joulecast {

/// The part of some work that one host does: `index` of `count`, from 1.
struct Shard {
  std::int64_t index = 1;
  std::int64_t count = 1;

  /// Reads "2/8". Throws Error{kUsage}.
  static Shard Parse(const std::string& text);
};

}  // namespace joulecast
