// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

namespace joulecast {

inline constexpr std::int64_t kLargestCount = std::int64_t{1} << 53;

/// Throws Error{kInput}: a count is beyond the bound.
[[noreturn]] void ThrowTooLarge();

/// Product of counts. Throws Error{kInput} when it exceeds 2^53, past which a double no longer
/// holds each integer: such a model is a mistake or an attack, not a workload.
inline std::int64_t CheckedProduct(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product) || product > kLargestCount ||
        product < -kLargestCount) {
      ThrowTooLarge();
    }
  }
  return product;
}

/// Sum of counts, with the same bound.
std::int64_t CheckedSum(std::initializer_list<std::int64_t> terms);

}  // namespace joulecast
