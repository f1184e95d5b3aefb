// SPDX-License-Identifier: Apache-2.0
// A gate for continuous integration: fails where a model's forecast is over its budget, or where
// the forecast stands on too little.
//   ci_gate MODEL BUDGET_J
#include <joulecast/error.h>
#include <joulecast/estimate.h>
#include <joulecast/model.h>

#include <cstdio>
#include <cstdlib>

using namespace joulecast;

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: ci_gate MODEL BUDGET_J\n", stderr);
    return 2;
  }
  const double budget_j = std::strtod(argv[2], nullptr);
  const Profile profile = LoadProfile(DefaultDevice());
  const Estimate estimate = EstimateModel(Resolve(LoadModel(argv[1]), {}), Predictor(profile));
  const double energy_j = estimate.energy.energy.value();
  const double unknown = estimate.coverage_share[static_cast<std::size_t>(Coverage::kUnknown)];
  std::printf("%s: %.3f J, at most %.3f J with %.0f %% confidence; budget %.3f J\n", argv[1],
              energy_j, estimate.energy.high.value(), 100 * profile.interval_level, budget_j);
  if (unknown > 0.05) {
    std::printf("%.0f %% of it are operators that are not known\n", 100 * unknown);
    return 1;
  }
  return energy_j <= budget_j ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "ci_gate: %s\n", error.what());
  return 3;
}
