// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dataset/repetitions.h"
#include "joulecast/layer.h"
#include "joulecast/units.h"

namespace joulecast {

/// One configuration that was measured, its repeats already averaged. Energy and time per call.
struct Observation {
  LayerSpec spec;
  Joules energy;
  Seconds time;
  std::string source;  ///< the session or file that it comes from
  double spread = 0;   ///< standard deviation of its repeats' energies over their mean
  /// In order; none where only their mean is known.
  std::vector<PlacedRepetition> repetitions = {};
};

/// A row with the page state that it was measured in: allocations above this were fresh pages.
struct StatedRow {
  const Observation* row = nullptr;
  double large_buffer_bytes = 0;
};

}  // namespace joulecast
