// SPDX-License-Identifier: Apache-2.0
#include "report/numbers.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string_view>

namespace joulecast {
namespace {

struct Prefix {
  double factor;
  std::string_view name;
};

constexpr std::array<Prefix, 9> kPrefixes = {{{1e15, "P"},
                                              {1e12, "T"},
                                              {1e9, "G"},
                                              {1e6, "M"},
                                              {1e3, "k"},
                                              {1, ""},
                                              {1e-3, "m"},
                                              {1e-6, "u"},
                                              {1e-9, "n"}}};

/// Three significant digits, with an exponent only past what the prefixes reach.
std::string ThreeDigits(double value) {
  const double size = std::abs(value);
  if (size >= 99999.5 || size < 0.00995) return fmt::format("{:.1e}", value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

std::string WithPrefix(double value, std::string_view unit, double largest, double smallest) {
  if (value == 0 || !std::isfinite(value)) return fmt::format("{} {}", value, unit);
  for (const Prefix& prefix : kPrefixes) {
    if (prefix.factor > largest) continue;
    // 0.9995 rounds up to the next prefix's 1.00.
    if (std::abs(value) >= 0.9995 * prefix.factor || prefix.factor <= smallest) {
      return fmt::format("{} {}{}", ThreeDigits(value / prefix.factor), prefix.name, unit);
    }
  }
  return fmt::format("{} {}", value, unit);
}

}  // namespace

std::string Human(Joules energy) { return WithPrefix(energy.value(), "J", 1e15, 1e-9); }
std::string Human(Seconds time) { return WithPrefix(time.count(), "s", 1, 1e-9); }
std::string Human(Watts power) { return WithPrefix(power.value(), "W", 1e15, 1e-3); }

std::string HumanAmount(double value, std::string_view unit) {
  return WithPrefix(value, unit, 1e3, 1e-9);
}

std::string HumanCount(double count) {
  if (std::abs(count) < 1000) return fmt::format("{:.0f}", count);
  return WithPrefix(count, "", 1e15, 1);
}

std::string HumanMacs(double macs) { return WithPrefix(macs, "MACs", 1e15, 1); }

std::string HumanShare(double share) {
  if (share > 0 && share < 0.0005) return "<0.1 %";
  return fmt::format("{:.1f} %", 100 * share);
}

std::string HumanSpread(Joules middle, Joules high) {
  if (middle.value() <= 0) return "";
  const double percent = 100 * (high / middle - 1);
  return percent < 999.5 ? fmt::format("{:.0f} %", percent) : ">999 %";
}

std::string Fixed(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string Scientific(const std::optional<double>& value) {
  return value ? fmt::format("{:.3e}", *value) : "-";
}

}  // namespace joulecast
