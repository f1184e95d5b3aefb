// SPDX-License-Identifier: Apache-2.0
#include "report/footprint_text.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/text.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Format = std::string (*)(double);

std::string Grams(double grams) { return HumanAmount(grams, "g"); }
std::string WattHours(double joules) { return HumanAmount(joules / 3600, "Wh"); }
std::string Money(double amount) { return fmt::format("{:.3g}", amount); }

void AddRow(std::string& text, std::string_view name, Format format, const FootprintAmount& amount,
            std::optional<double> per_year) {
  const std::string year = per_year ? format(*per_year * amount.value) : "-";
  text += fmt::format("  {:<18} {:>11} {:>11} {:>11}   {}\n", name, format(amount.value),
                      format(1000 * amount.value), year,
                      format(amount.low) + " .. " + format(amount.high));
}

void AddAssumptions(std::string& text, const FootprintOptions& options) {
  std::string line = fmt::format("PUE {:g}", options.pue);
  if (options.gco2_per_kwh) line += fmt::format(", {:g} g CO2e per kWh", *options.gco2_per_kwh);
  if (options.price_per_kwh) line += fmt::format(", price {:g} per kWh", *options.price_per_kwh);
  if (options.embodied_kg) {
    line += fmt::format(", {:g} kg over {:g} years", *options.embodied_kg, options.lifetime_years);
  }
  text += "Footprint " + Printable(line, 70) + "\n";
  if (!options.intensity_source.empty()) {
    text += "          " + Printable(options.intensity_source, 70) + "\n";
  }
}

}  // namespace

std::string FootprintText(const Footprint& footprint) {
  std::string text;
  AddAssumptions(text, footprint.options);
  text += fmt::format("  {:<18} {:>11} {:>11} {:>11}   {}\n", "", "inference", "1000", "year",
                      "interval of one");
  const std::optional<double> year = footprint.inferences_per_year();
  AddRow(text, "energy with PUE", WattHours, footprint.facility_energy_j, year);
  if (footprint.operational_gco2) {
    AddRow(text, "CO2e of use", Grams, *footprint.operational_gco2, year);
  }
  if (footprint.embodied_gco2) {
    const double grams = *footprint.embodied_gco2;
    AddRow(text, "CO2e of making", Grams, {grams, grams, grams}, year);
  }
  if (const auto sci = footprint.sci_gco2()) AddRow(text, "SCI (both)", Grams, *sci, year);
  if (footprint.cost) AddRow(text, "cost", Money, *footprint.cost, year);
  return text;
}

}  // namespace joulecast
