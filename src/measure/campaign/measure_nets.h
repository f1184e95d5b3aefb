// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "measure/campaign/collect.h"

namespace joulecast {

/// A network that was measured whole, or why it was not.
struct MeasuredNet {
  Item item;
  std::optional<Joules> energy;  ///< per call, the median of the windows that count
  std::optional<Seconds> time;
  double spread = 0;  ///< standard deviation of their energies over the mean
  std::string reason;
};

struct MeasuredNets {
  std::vector<MeasuredNet> nets;
  Evidence evidence = Evidence::kMeasured;
};

/// Measures networks by turns, `repetitions` windows each. Throws Error{kUsage} for a network that
/// the zoo does not have. `hooks.choose` is not asked.
MeasuredNets MeasureNets(const std::vector<std::string>& models,
                         const std::vector<std::int64_t>& batches, Seconds window,
                         std::int64_t repetitions, const Bench& bench, const CollectHooks& hooks);

}  // namespace joulecast
