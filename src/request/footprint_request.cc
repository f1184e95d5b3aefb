// SPDX-License-Identifier: Apache-2.0
#include "request/footprint_request.h"

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

FootprintOptions OptionsOf(const FootprintRequest& request) {
  if (request.gco2_per_kwh && !request.region.empty()) {
    throw Error(ErrorKind::kUsage, "--gco2-per-kwh excludes --region: give one of the two");
  }
  if (request.lifetime_years && !request.embodied_kg) {
    throw Error(ErrorKind::kUsage, "--lifetime-years needs --embodied-kg, which it divides");
  }
  FootprintOptions options{.gco2_per_kwh = request.gco2_per_kwh,
                           .price_per_kwh = request.price_per_kwh,
                           .inferences_per_day = request.inferences_per_day,
                           .embodied_kg = request.embodied_kg};
  if (request.pue) options.pue = *request.pue;
  if (request.lifetime_years) options.lifetime_years = *request.lifetime_years;
  if (request.gco2_per_kwh) options.intensity_source = "grid intensity as given";
  if (!request.region.empty()) {
    const GridRegion& region = RegionOf(request.region);
    options.gco2_per_kwh = region.gco2_per_kwh;
    options.intensity_source = fmt::format("{} {}: {}", region.name, region.year, GridSource());
  }
  return options;
}

}  // namespace

std::vector<Parameter> FootprintRequest::Parameters() {
  constexpr std::string_view kGroup = "Carbon and cost";
  return {{.name = "region",
           .value = "CODE",
           .summary = "Country whose yearly grid intensity counts: FR",
           .target = &region,
           .group = kGroup},
          {.name = "gco2_per_kwh",
           .value = "GRAMS",
           .summary = "Grid intensity of your own, g CO2e per kWh; not with a region",
           .target = &gco2_per_kwh,
           .group = kGroup},
          {.name = "pue",
           .value = "RATIO",
           .summary = "Facility energy over device energy; 1 if not given",
           .target = &pue,
           .group = kGroup},
          {.name = "price_per_kwh",
           .value = "PRICE",
           .summary = "Price of a kWh, in any currency",
           .target = &price_per_kwh,
           .group = kGroup},
          {.name = "inferences_per_day",
           .value = "N",
           .summary = "Inferences (of the whole batch) a day, for the yearly numbers",
           .target = &inferences_per_day,
           .group = kGroup},
          {.name = "embodied_kg",
           .value = "KG",
           .summary = "kg CO2e of making the device, for the SCI of ISO/IEC 21031",
           .target = &embodied_kg,
           .group = kGroup},
          {.name = "lifetime_years",
           .value = "YEARS",
           .summary = "Years that it serves; 4 if not given",
           .target = &lifetime_years,
           .group = kGroup}};
}

std::optional<Footprint> FootprintRequest::Of(const EnergyForecast& energy, Seconds time) const {
  if (region.empty() && !gco2_per_kwh && !pue && !price_per_kwh && !inferences_per_day &&
      !embodied_kg && !lifetime_years) {
    return std::nullopt;
  }
  return FootprintOf(energy.energy, energy.low, energy.high, time, OptionsOf(*this));
}

}  // namespace joulecast
