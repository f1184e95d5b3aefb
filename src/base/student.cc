// SPDX-License-Identifier: Apache-2.0
#include "base/student.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace joulecast {

double StudentHalfWidth90(double degrees) {
  constexpr std::array kTable = {6.314, 2.920, 2.353, 2.132, 2.015,
                                 1.943, 1.895, 1.860, 1.833, 1.812};
  const auto at = static_cast<std::size_t>(degrees);
  if (at <= kTable.size()) return kTable[std::max<std::size_t>(at, 1) - 1];
  // Two terms of the expansion about the normal quantile z = 1.645: (z^3 + z) / 4 and
  // (5 z^5 + 16 z^3 + 3 z) / 96.
  return 1.645 + (1.524 + 1.42 / degrees) / degrees;
}

}  // namespace joulecast
