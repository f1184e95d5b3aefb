// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace joulecast {

/// Random integers that are the same on every machine: the standard fixes the engine's numbers but
/// not what its distributions make of them, so these are our own, and in whole numbers only.
class Random {
 public:
  /// Numbers of one seed differ between streams: each part of a campaign draws from its own.
  Random(std::uint64_t seed, std::string_view stream);

  /// Any of least..most, all alike. Needs least <= most.
  std::int64_t Uniform(std::int64_t least, std::int64_t most);

  /// Any of least..most with odds in proportion to 1 / value: each octave as likely as the next.
  /// A range that begins at 0 is drawn as one that begins at 1, less 1. Needs 0 <= least <= most.
  std::int64_t LogUniform(std::int64_t least, std::int64_t most);

  template <typename T>
  const T& Pick(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(
        Uniform(0, static_cast<std::int64_t>(choices.size()) - 1))];
  }

  template <typename T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      const auto j = static_cast<std::size_t>(Uniform(0, static_cast<std::int64_t>(i) - 1));
      std::swap(values[i - 1], values[j]);
    }
  }

 private:
  std::uint64_t Below(std::uint64_t count);

  std::mt19937_64 engine_;
};

}  // namespace joulecast
