// SPDX-License-Identifier: Apache-2.0
// A campaign file, and the plan of what it measures.
#include "measure/campaign/campaign.h"

#include "fuzz/target.h"
#include "measure/campaign/plan.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) {
  const auto campaign = Campaign::Parse(input, "campaign.toml");
  MakePlan(campaign, {.index = 1, .count = 2});
}

}  // namespace joulecast::fuzz
