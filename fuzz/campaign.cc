// SPDX-License-Identifier: Apache-2.0
// A campaign file, and the plan of what it measures.
#include "measure/campaign/campaign.h"

#include <algorithm>

#include "fuzz/target.h"
#include "measure/campaign/plan.h"

namespace joulecast::fuzz {

/// Each may take thousands of draws where few fit: more are not wrong, only slow with sanitizers.
constexpr std::size_t kMostConfigurations = 1;

void RunInput(std::string_view input) {
  Campaign campaign = Campaign::Parse(input, "campaign.toml");
  for (LayerBlock& block : campaign.layers) {
    block.configurations = std::min(block.configurations, kMostConfigurations);
  }
  MakePlan(campaign, {.index = 1, .count = 2});
}

}  // namespace joulecast::fuzz
