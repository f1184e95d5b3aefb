// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"

#include "joulecast/error.h"

namespace joulecast {

void ThrowTooLarge() {
  throw Error(ErrorKind::kInput,
              "absurd size: a count exceeds 2^53; check the batch and the shapes");
}

std::int64_t CheckedSum(std::initializer_list<std::int64_t> terms) {
  std::int64_t sum = 0;
  for (const std::int64_t term : terms) {
    if (__builtin_add_overflow(sum, term, &sum) || sum > kLargestCount || sum < -kLargestCount) {
      ThrowTooLarge();
    }
  }
  return sum;
}

}  // namespace joulecast
