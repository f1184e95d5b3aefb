// SPDX-License-Identifier: Apache-2.0
#include "fit/split.h"

#include <string>

#include "fit/numpy_random.h"
#include "joulecast/error.h"

namespace joulecast {

Split3 SplitShuffled(std::size_t n, std::uint32_t seed) {
  const std::vector<std::size_t> order = NumpyRandomState(seed).Permutation(n);
  const auto first = order.begin() + static_cast<std::ptrdiff_t>(0.7 * static_cast<double>(n));
  const auto second = order.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(n));
  return {.train = {order.begin(), first},
          .validation = {first, second},
          .test = {second, order.end()}};
}

std::vector<Fold> ContiguousFolds(std::size_t n, std::size_t k) {
  if (k < 2 || k > n) {
    throw Error(ErrorKind::kInput, "cannot cut " + std::to_string(n) + " rows into " +
                                       std::to_string(k) +
                                       " folds: give between 2 folds and one per row");
  }
  std::vector<Fold> folds(k);
  std::size_t begin = 0;
  for (std::size_t fold = 0; fold < k; ++fold) {
    const std::size_t end = begin + n / k + (fold < n % k ? 1 : 0);
    for (std::size_t row = 0; row < n; ++row) {
      (row >= begin && row < end ? folds[fold].test : folds[fold].train).push_back(row);
    }
    begin = end;
  }
  return folds;
}

}  // namespace joulecast
