// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/stream.h"

namespace joulecast {

/// Terms of layers that go through each row of their input more than once: for its maximum or
/// mean, for its sum, for its result.
inline constexpr auto kRowTerms = StreamTermsAnd(std::array<Term, 4>{{
    {"elements", "gelement", Part::kArithmetic},
    {"read_again_from_cache", "gb", Part::kInput},
    {"read_again_from_memory", "gb", Part::kInput},
    {"rows", "grow", Part::kOverhead},
}});

/// Amounts of kRowTerms: what of a row no longer lies in the L2 cache comes again from further
/// away.
void MeasureRows(double rows, double length, double element_bytes, const Stream& stream,
                 const DeviceTraits& traits, std::span<double> amounts);

}  // namespace joulecast
