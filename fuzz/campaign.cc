// SPDX-License-Identifier: Apache-2.0
// A campaign file, and the plan of what it measures.
#include "measure/campaign/campaign.h"

#include "fuzz/target.h"
#include "measure/campaign/plan.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  Try([&] {
    const auto campaign = joulecast::Campaign::Parse(Text(data, size), "campaign.toml");
    joulecast::MakePlan(campaign, {.index = 1, .count = 2});
  });
  return 0;
}
