// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "measure/campaign/plan.h"
#include "measure/campaign/records.h"

namespace joulecast {

/// A network's layers, each measured alone, against the network measured whole.
struct Additivity {
  std::string model;
  std::int64_t batch = 1;
  double energy_ratio = 0;  ///< sum of the layers over the whole
  double time_ratio = 0;
};

/// Of the networks among the items that have an energy, as have all of their layers; a layer that
/// occurs several times was measured once and counts each time.
std::vector<Additivity> CheckAdditivity(const std::vector<Item>& items,
                                        const std::map<std::string, Record>& records);

}  // namespace joulecast
