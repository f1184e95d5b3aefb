// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "measure/campaign/collect.h"

namespace joulecast {

/// How long a plan takes here, from the work of each configuration and how fast two small layers
/// run: with the fewest repetitions, and with the most.
struct Duration {
  Seconds least{0};
  Seconds most{0};
};

/// Runs the two layers, for less than a second. Throws what the backend throws.
Duration ExpectedDuration(const Campaign& campaign, const Plan& plan, const Backend& backend,
                          Clock& clock);

}  // namespace joulecast
