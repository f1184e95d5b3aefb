// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace joulecast {

/// A total that grows for ever, of a counter that starts again at 0 after `greatest`.
class WrapCounter {
 public:
  explicit WrapCounter(std::uint64_t greatest) : greatest_(greatest) {}

  /// The total after the counter has come to `now`: less than before means that it wrapped, once.
  /// Throws Error{kDevice} for a value past the greatest. The total is 0 at the first value.
  std::uint64_t Advance(std::uint64_t now);

 private:
  std::uint64_t greatest_;
  std::optional<std::uint64_t> last_;
  std::uint64_t total_ = 0;
};

/// A counter of which nobody says where it starts again.
class RisingCounter {
 public:
  /// Returns `now`. Throws Error{kDevice} if that is less than before: it was reset or wrapped, and
  /// what it counted since is unknown.
  std::uint64_t Advance(std::uint64_t now);

 private:
  std::uint64_t last_ = 0;
};

}  // namespace joulecast
