// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "joulecast/units.h"

namespace joulecast {

/// Yearly mean carbon intensity of a country's electricity, over its life cycle.
struct GridRegion {
  std::string_view code;  ///< ISO 3166-1: "FR"; or "WORLD"
  std::string_view name;
  double gco2_per_kwh = 0;
  int year = 0;
};

/// The built-in table, ordered by code.
std::span<const GridRegion> GridRegions();
/// Where the table's numbers come from: one line.
std::string_view GridSource();
/// By its code in any case, or nullptr.
const GridRegion* FindGridRegion(std::string_view code);

/// What turns joules into emissions and money. What is not given is not computed.
struct FootprintOptions {
  std::optional<double> gco2_per_kwh;  ///< of the electricity
  std::string intensity_source;        ///< where that number is from, printed beside it
  double pue = 1;                      ///< facility energy over device energy (ISO/IEC 30134-2)
  std::optional<double> price_per_kwh;
  std::optional<double> inferences_per_day;
  std::optional<double> embodied_kg;  ///< of making the device, kg CO2e
  double lifetime_years = 4;          ///< over which `embodied_kg` is spread
};

/// An amount per inference (of the whole batch), with the energy interval's ends.
struct FootprintAmount {
  double value = 0;
  double low = 0;
  double high = 0;

  friend FootprintAmount operator*(double n, const FootprintAmount& a) {
    return {n * a.value, n * a.low, n * a.high};
  }
};

/// Emissions and cost of one inference of a batch.
struct Footprint {
  FootprintOptions options;
  FootprintAmount facility_energy_j;                ///< device energy x PUE
  std::optional<FootprintAmount> operational_gco2;  ///< facility energy x grid intensity
  std::optional<double> embodied_gco2;              ///< the device's making, by time reserved
  std::optional<FootprintAmount> cost;              ///< in the currency of `price_per_kwh`

  /// Software carbon intensity per inference, ISO/IEC 21031: (E x I + M) per functional unit.
  /// Only where both parts are known.
  std::optional<FootprintAmount> sci_gco2() const;
  /// Inferences in a year of 365 days, where a rate is given.
  std::optional<double> inferences_per_year() const;
};

/// What one inference costs. M = embodied x time reserved / lifetime (ISO/IEC 21031, 6.6): the
/// inference's own time, or its share of the device's life where a daily rate is given, for a
/// device that serves nothing else. Without a time and without a rate there is no M.
/// Throws Error{kUsage} for amounts that cannot be: negative, a PUE under 1, no lifetime, more
/// inferences a day than `time` allows.
Footprint FootprintOf(Joules energy, Joules low, Joules high, Seconds time,
                      const FootprintOptions& options);

}  // namespace joulecast
