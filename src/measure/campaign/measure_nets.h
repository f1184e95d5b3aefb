// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "measure/campaign/collect.h"

namespace joulecast {

/// A network that was measured whole, or a layer of it that was measured alone; or why not.
struct MeasuredItem {
  Item item;
  std::optional<Joules> energy;  ///< per call, typical of the windows (repetitions.h)
  std::optional<Seconds> time;
  double spread = 0;  ///< of all windows' energies
  std::string reason;
};

struct MeasuredNets {
  std::vector<MeasuredItem> nets;
  std::vector<MeasuredItem> layers;  ///< where asked for
  Evidence evidence = Evidence::kMeasured;
};

struct NetRequest {
  std::vector<std::string> models;  ///< of the zoo
  std::vector<std::int64_t> batches;
  bool layers_alone = false;  ///< each of their layers, too
  Seconds window{1};
  std::int64_t repetitions = 3;  ///< windows of each
};

/// Measures networks by turns. Throws Error{kUsage} for a network that the zoo does not have.
/// `hooks.choose` is not asked.
MeasuredNets MeasureNets(const NetRequest& request, const Bench& bench, const CollectHooks& hooks);

}  // namespace joulecast
