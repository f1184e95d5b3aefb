// SPDX-License-Identifier: Apache-2.0
#include "fit/numpy_random.h"

#include <bit>
#include <numeric>
#include <utility>

namespace joulecast {

std::uint32_t NumpyRandomState::UpTo(std::uint32_t most) {
  if (most == 0) return 0;  // numpy draws nothing for a single choice
  const std::uint32_t mask = ~std::uint32_t{0} >> std::countl_zero(most);
  while (true) {
    const std::uint32_t draw = static_cast<std::uint32_t>(engine_()) & mask;
    if (draw <= most) return draw;
  }
}

std::vector<std::size_t> NumpyRandomState::Permutation(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i-- > 1;) {
    std::swap(order[i], order[UpTo(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

}  // namespace joulecast
