// SPDX-License-Identifier: Apache-2.0
// Idle and busy watts per logical processor, by family of server: the averages over
// SPECpower_ssj2008 results that Cloud Carbon Footprint publishes (ccf-coefficients, tables of
// 2026-03, "AWS": whole servers at the wall divided by their hardware threads). Its row for the
// fifth generation of EPYC, four times its neighbours, is left out.
#include "meters/cpu_power.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/statistics.h"

namespace joulecast {
namespace {

struct Family {
  std::string_view name, vendor;
  int family;
  std::vector<int> models;
  int least_stepping, most_stepping;  // 85 is Skylake up to 4, Cascade Lake from 5 on
  double idle_w, busy_w;
};

constexpr std::string_view kIntel = "GenuineIntel";
constexpr std::string_view kAmd = "AuthenticAMD";
constexpr int kAny = 255;

// Models as the kernel names them in arch/x86/include/asm/intel-family.h, and AMD's as in its
// processor programming references.
const std::vector<Family>& Families() {
  static const std::vector<Family> kFamilies = {
      {"Sandy Bridge", kIntel, 6, {42, 45}, 0, kAny, 2.212, 8.631},
      {"Ivy Bridge", kIntel, 6, {58, 62}, 0, kAny, 1.707, 5.557},
      {"Haswell", kIntel, 6, {60, 63, 69, 70}, 0, kAny, 1.857, 5.595},
      {"Broadwell", kIntel, 6, {61, 71, 79, 86}, 0, kAny, 0.713, 3.685},
      {"Skylake", kIntel, 6, {78, 94}, 0, kAny, 0.613, 4.104},
      {"Skylake", kIntel, 6, {85}, 0, 4, 0.613, 4.104},
      {"Cascade Lake", kIntel, 6, {85}, 5, kAny, 0.690, 4.063},
      {"Coffee Lake", kIntel, 6, {142, 158}, 0, kAny, 1.138, 5.422},
      {"Ice Lake", kIntel, 6, {106, 108}, 0, kAny, 0.767, 3.758},
      {"Sapphire Rapids", kIntel, 6, {143}, 0, kAny, 1.036, 4.160},
      {"Emerald Rapids", kIntel, 6, {207}, 0, kAny, 0.814, 4.482},
      {"Granite Rapids", kIntel, 6, {173}, 0, kAny, 0.582, 2.527},
      {"EPYC, 1st generation", kAmd, 23, {1}, 0, kAny, 0.847, 2.604},
      {"EPYC, 2nd generation", kAmd, 23, {49}, 0, kAny, 0.474, 1.693},
      {"EPYC, 3rd generation", kAmd, 25, {1}, 0, kAny, 0.456, 1.957},
      {"EPYC, 4th generation", kAmd, 25, {17, 160}, 0, kAny, 0.739, 2.282},
  };
  return kFamilies;
}

constexpr std::string_view kTable = "SPECpower averages of Cloud Carbon Footprint";

Watts MedianOver(double Family::*column) {
  std::vector<double> values;
  std::transform(Families().begin(), Families().end(), std::back_inserter(values),
                 [&](const Family& family) { return family.*column; });
  return Watts(*Median(values));
}

}  // namespace

CpuPower PowerOf(const CpuFacts& cpu) {
  for (const Family& family : Families()) {
    const bool has_model =
        std::find(family.models.begin(), family.models.end(), cpu.model) != family.models.end();
    if (family.vendor != cpu.vendor || family.family != cpu.family || !has_model ||
        cpu.stepping < family.least_stepping || cpu.stepping > family.most_stepping) {
      continue;
    }
    return {Watts(family.idle_w), Watts(family.busy_w),
            std::string(kTable) + " for " + std::string(family.name)};
  }
  return {MedianOver(&Family::idle_w), MedianOver(&Family::busy_w),
          "an unknown processor: medians of the " + std::string(kTable) +
              "; --tdp-w gives its own power"};
}

CpuPower PowerOf(const CpuFacts& cpu, Watts tdp, int cpus_in_package) {
  const CpuPower family = PowerOf(cpu);
  const Watts busy(tdp.value() / cpus_in_package);
  const double idle_share = family.idle.value() / family.busy.value();
  return {Watts(idle_share * busy.value()), busy,
          "a thermal design power of " + std::to_string(static_cast<int>(tdp.value())) +
              " W a package"};
}

}  // namespace joulecast
