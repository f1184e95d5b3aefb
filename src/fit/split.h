// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace joulecast {

/// Indices of rows, in the order in which they are used.
struct Split3 {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
  std::vector<std::size_t> test;
};

/// 70 / 20 / 10 % of `n` shuffled rows, cut at int(0.7 n) and int(0.9 n): pandas'
/// `df.sample(frac=1, random_state=seed)` cut by `np.split`.
Split3 SplitShuffled(std::size_t n, std::uint32_t seed);

struct Fold {
  std::vector<std::size_t> train;
  std::vector<std::size_t> test;
};

/// `k` folds of 0 .. n-1 without shuffling: contiguous test parts, the first n % k of them one row
/// longer, as scikit-learn's KFold. Throws Error{kInput} unless 2 <= k <= n.
std::vector<Fold> ContiguousFolds(std::size_t n, std::size_t k);

}  // namespace joulecast
