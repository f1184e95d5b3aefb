// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/observation.h"

namespace joulecast {

/// The rows of one session and the state of its memory.
///
/// Which allocations are fresh pages, zeroed by the kernel at each call, depends on the allocator's
/// history in the session, not on the device. For a large tensor that makes a factor of three.
struct SourceRows {
  std::string source;
  std::vector<StatedRow> rows;
  double large_buffer_bytes = 0;  ///< above which most of its allocations were fresh
  std::size_t in_other_state =
      0;                       ///< rows whose energy shows plainly that theirs were not, or were
  double cv_mape_percent = 0;  ///< of a fit on this source alone
  bool used = true;
};

/// Splits rows of one type by source and finds each one's state. A source whose rows make held-out
/// forecasts of the most consistent one worse is marked as not used.
std::vector<SourceRows> ReadSources(const LayerType& type, std::span<const Observation> rows,
                                    std::span<const Observation> reads, const DeviceTraits& traits);

/// Thresholds of all sources, used or not, in ascending order, if none is the device's own: then
/// forecasts for the device assume a state that the type was never measured in.
std::vector<double> OtherPageStates(std::span<const SourceRows> sources,
                                    const DeviceTraits& traits);

/// Whether a source is large enough to be fitted by itself.
bool IsJudged(const LayerType& type, const SourceRows& source);

/// Fewer configurations than this teach nothing, two for each coefficient: the type is left out.
std::size_t FewestRows(const LayerType& type);

}  // namespace joulecast
