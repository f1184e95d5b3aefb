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

/// Per inference, 1000 of them and a year; or of one run.
struct Columns {
  bool once = false;
  std::optional<double> per_year = {};
};

void AddRow(std::string& text, std::string_view name, Format format, const FootprintAmount& amount,
            const Columns& columns) {
  const std::string interval = format(amount.low) + " .. " + format(amount.high);
  if (columns.once) {
    text += fmt::format("  {:<18} {:>11}   {}\n", name, format(amount.value), interval);
    return;
  }
  const std::string year = columns.per_year ? format(*columns.per_year * amount.value) : "-";
  text += fmt::format("  {:<18} {:>11} {:>11} {:>11}   {}\n", name, format(amount.value),
                      format(1000 * amount.value), year, interval);
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

void AddRows(std::string& text, const Footprint& footprint, const Columns& columns) {
  AddRow(text, "energy with PUE", WattHours, footprint.facility_energy_j, columns);
  if (footprint.operational_gco2) {
    AddRow(text, "CO2e of use", Grams, *footprint.operational_gco2, columns);
  }
  if (footprint.embodied_gco2) {
    const double grams = *footprint.embodied_gco2;
    AddRow(text, "CO2e of making", Grams, {grams, grams, grams}, columns);
  }
  if (const auto sci = footprint.sci_gco2()) AddRow(text, "SCI (both)", Grams, *sci, columns);
  if (footprint.cost) AddRow(text, "cost", Money, *footprint.cost, columns);
}

}  // namespace

std::string FootprintText(const Footprint& footprint) {
  std::string text;
  AddAssumptions(text, footprint.options);
  text += fmt::format("  {:<18} {:>11} {:>11} {:>11}   {}\n", "", "inference", "1000", "year",
                      "interval of one");
  AddRows(text, footprint, {.per_year = footprint.inferences_per_year()});
  return text;
}

std::string FootprintOfRunText(const Footprint& footprint) {
  std::string text;
  AddAssumptions(text, footprint.options);
  text += fmt::format("  {:<18} {:>11}   {}\n", "", "all steps", "interval");
  AddRows(text, footprint, {.once = true});
  return text;
}

}  // namespace joulecast
