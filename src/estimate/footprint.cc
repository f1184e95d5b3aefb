// SPDX-License-Identifier: Apache-2.0
#include "joulecast/footprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr GridRegion kRegions[] = {
#define JOULECAST_GRID_REGION(code, name, gco2_per_kwh, year) {code, name, gco2_per_kwh, year},
#include "estimate/grid_regions.inc"
#undef JOULECAST_GRID_REGION
};

constexpr double kDaysPerYear = 365;
constexpr double kSecondsPerDay = 86400;

FootprintAmount Scaled(Joules energy, Joules low, Joules high, double factor) {
  return {factor * energy.value(), factor * low.value(), factor * high.value()};
}

void Check(const std::optional<double>& value, const char* name, double min) {
  if (!value || (std::isfinite(*value) && *value >= min)) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("footprint: {} is {}: it must be a number from {}", name, *value, min));
}

void Check(const FootprintOptions& options, Seconds time) {
  Check(options.gco2_per_kwh, "the grid's g CO2e per kWh", 0);
  Check(options.pue, "the PUE (facility energy over device energy)", 1);
  Check(options.price_per_kwh, "the price per kWh", 0);
  Check(options.inferences_per_day, "the number of inferences a day", 0);
  Check(options.embodied_kg, "the embodied kg CO2e", 0);
  Check(options.lifetime_years, "the lifetime in years", 0.01);
  const double busy = options.inferences_per_day.value_or(0) * time.count();
  if (busy <= kSecondsPerDay) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("footprint: {:g} inferences a day of {:.3g} s each take {:.3g} devices; "
                          "give the rate of one device",
                          *options.inferences_per_day, time.count(), busy / kSecondsPerDay));
}

std::optional<double> EmbodiedGrams(const FootprintOptions& options, Seconds time) {
  if (!options.embodied_kg) return std::nullopt;
  const double life_days = options.lifetime_years * kDaysPerYear;
  const double rate = options.inferences_per_day.value_or(0);
  if (rate > 0) return 1000 * *options.embodied_kg / (life_days * rate);
  if (time.count() <= 0) return std::nullopt;
  return 1000 * *options.embodied_kg * time.count() / (life_days * kSecondsPerDay);
}

}  // namespace

std::span<const GridRegion> GridRegions() { return kRegions; }

std::string_view GridSource() { return "Ember / Our World in Data, CC BY 4.0"; }

const GridRegion* FindGridRegion(std::string_view code) {
  std::string upper(code);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto* const found = std::find_if(std::begin(kRegions), std::end(kRegions),
                                         [&](const GridRegion& r) { return r.code == upper; });
  return found == std::end(kRegions) ? nullptr : found;
}

std::optional<FootprintAmount> Footprint::sci_gco2() const {
  if (!operational_gco2 || !embodied_gco2) return std::nullopt;
  return FootprintAmount{operational_gco2->value + *embodied_gco2,
                         operational_gco2->low + *embodied_gco2,
                         operational_gco2->high + *embodied_gco2};
}

std::optional<double> Footprint::inferences_per_year() const {
  if (!options.inferences_per_day) return std::nullopt;
  return *options.inferences_per_day * kDaysPerYear;
}

Footprint FootprintOf(Joules energy, Joules low, Joules high, Seconds time,
                      const FootprintOptions& options) {
  Check(options, time);
  Footprint footprint{.options = options,
                      .facility_energy_j = Scaled(energy, low, high, options.pue),
                      .embodied_gco2 = EmbodiedGrams(options, time)};
  const double kwh_per_joule = 1 / KilowattHours(1).value();
  if (options.gco2_per_kwh) {
    footprint.operational_gco2 =
        *options.gco2_per_kwh * kwh_per_joule * footprint.facility_energy_j;
  }
  if (options.price_per_kwh) {
    footprint.cost = *options.price_per_kwh * kwh_per_joule * footprint.facility_energy_j;
  }
  return footprint;
}

}  // namespace joulecast
