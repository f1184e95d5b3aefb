// SPDX-License-Identifier: Apache-2.0
#include "layers/rows.h"

namespace joulecast {
namespace {

enum TermIndex : std::size_t {
  kElements = kStreamTerms,
  kAgainFromCache,
  kAgainFromMemory,
  kRows,
};

}  // namespace

void MeasureRows(double rows, double length, double element_bytes, const Stream& stream,
                 const DeviceTraits& traits, std::span<double> amounts) {
  StreamAmounts(stream, traits, amounts);
  const double row = 2 * element_bytes * length;
  const double again =
      rows * length * element_bytes * (1 - std::clamp(1.5 - row / traits.l2_bytes, 0.0, 1.0));
  const double beyond = ShareBeyondCache(row, traits);
  amounts[kElements] = 1e-9 * rows * length;
  amounts[kAgainFromCache] = 1e-9 * again * (1 - beyond);
  amounts[kAgainFromMemory] = 1e-9 * again * beyond;
  amounts[kRows] = 1e-9 * rows;
}

}  // namespace joulecast
