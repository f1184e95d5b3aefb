// SPDX-License-Identifier: Apache-2.0
#include "cli/footprint_flags.h"

#include <fmt/format.h>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

const GridRegion& RegionOf(const std::string& code) {
  if (const GridRegion* region = FindGridRegion(code)) return *region;
  throw Error(ErrorKind::kUsage,
              "--region " + Printable(code, 40) +
                  " is no country of the table; give an ISO 3166 code such as FR or US, WORLD, or "
                  "the grid's own number by --gco2-per-kwh");
}

FootprintOptions OptionsOf(const FootprintFlags& flags) {
  FootprintOptions options{.gco2_per_kwh = flags.gco2_per_kwh,
                           .price_per_kwh = flags.price_per_kwh,
                           .inferences_per_day = flags.inferences_per_day,
                           .embodied_kg = flags.embodied_kg};
  if (flags.pue) options.pue = *flags.pue;
  if (flags.lifetime_years) options.lifetime_years = *flags.lifetime_years;
  if (flags.gco2_per_kwh) options.intensity_source = "grid intensity as given";
  if (!flags.region.empty()) {
    const GridRegion& region = RegionOf(flags.region);
    options.gco2_per_kwh = region.gco2_per_kwh;
    options.intensity_source = fmt::format("{} {}: {}", region.name, region.year, GridSource());
  }
  return options;
}

}  // namespace

void FootprintFlags::AddTo(CLI::App& command) {
  constexpr const char* kGroup = "Carbon and cost";
  CLI::Option* const named =
      command.add_option("--region", region, "Country whose yearly grid intensity counts: FR")
          ->type_name("CODE")
          ->group(kGroup);
  command.add_option("--gco2-per-kwh", gco2_per_kwh, "Grid intensity of your own, g CO2e per kWh")
      ->type_name("GRAMS")
      ->excludes(named)
      ->group(kGroup);
  command.add_option("--pue", pue, "Facility energy over device energy; 1 if not given")
      ->type_name("RATIO")
      ->group(kGroup);
  command.add_option("--price-per-kwh", price_per_kwh, "Price of a kWh, in any currency")
      ->type_name("PRICE")
      ->group(kGroup);
  command
      .add_option("--inferences-per-day", inferences_per_day,
                  "Inferences (of the whole batch) a day, for the yearly numbers")
      ->type_name("N")
      ->group(kGroup);
  CLI::Option* const embodied =
      command
          .add_option("--embodied-kg", embodied_kg,
                      "kg CO2e of making the device, for the SCI of ISO/IEC 21031")
          ->type_name("KG")
          ->group(kGroup);
  command.add_option("--lifetime-years", lifetime_years, "Years that it serves; 4 if not given")
      ->type_name("YEARS")
      ->needs(embodied)
      ->group(kGroup);
}

void FootprintFlags::ApplyTo(Estimate& estimate) const {
  if (region.empty() && !gco2_per_kwh && !pue && !price_per_kwh && !inferences_per_day &&
      !embodied_kg) {
    return;
  }
  const EnergyForecast& energy = estimate.energy;
  estimate.footprint =
      FootprintOf(energy.energy, energy.low, energy.high, estimate.time, OptionsOf(*this));
}

}  // namespace joulecast
