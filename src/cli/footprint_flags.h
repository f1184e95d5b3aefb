// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/app.h"
#include "joulecast/estimate.h"

namespace joulecast {

/// `--region`, `--gco2-per-kwh`, `--pue`, `--price-per-kwh` and what else makes joules a footprint.
struct FootprintFlags {
  std::string region;
  std::optional<double> gco2_per_kwh;
  std::optional<double> pue;
  std::optional<double> price_per_kwh;
  std::optional<double> inferences_per_day;
  std::optional<double> embodied_kg;
  std::optional<double> lifetime_years;

  void AddTo(CLI::App& command);

  /// Adds the footprint if any flag asks for it. Throws Error{kUsage} for an unknown region.
  void ApplyTo(Estimate& estimate) const;
};

}  // namespace joulecast
