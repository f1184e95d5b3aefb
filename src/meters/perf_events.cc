// SPDX-License-Identifier: Apache-2.0
// The tree (Documentation/ABI/testing/sysfs-bus-event_source-devices-events of the kernel):
//
//     type                     of the PMU, for perf_event_open
//     cpumask                  "0,18" or "0-1": one processor for each package, or die
//     events/energy-pkg        "event=0x02"
//     events/energy-pkg.scale  "2.3283064365386962890625e-10"
//     events/energy-pkg.unit   "Joules"
#include "meters/perf_events.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/text.h"
#include "meters/file_reader.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

// The kernel scales to 2^-32 J what processors count in steps of 2^-14 J (Intel's clients).
constexpr Joules kRegisterUnit(1.0 / 16384);

struct Kind {
  std::string_view event, name;
};

// Order: what a sum is made of comes first.
constexpr std::array<Kind, 5> kKinds = {{{"energy-pkg", "package"},
                                         {"energy-ram", "dram"},
                                         {"energy-cores", "core"},
                                         {"energy-gpu", "uncore"},
                                         {"energy-psys", "psys"}}};

/// The numbers of a list as "0,18-19"; those that make no sense are left out.
std::vector<int> ParseCpuList(std::string_view list) {
  std::vector<int> cpus;
  for (const std::string_view range : Split(Trim(list), ',')) {
    const std::size_t dash = std::min(range.find('-'), range.size());
    const auto first = ParseInt(range.substr(0, dash));
    const auto last = dash == range.size() ? first : ParseInt(range.substr(dash + 1));
    if (!first || !last || *last - *first > 65536) continue;
    for (std::int64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  return cpus;
}

struct Place {
  int cpu;
  std::string suffix;  ///< "-0", or "-0-die-1" where a package has several
};

std::vector<Place> PlacesOf(const fs::path& root, const std::vector<int>& cpus) {
  const auto topology = [&](int cpu, const char* file) {
    const auto folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology";
    return std::to_string(ReadNumber(root / folder / file).value_or(0));
  };
  std::set<std::string> packages;
  for (const int cpu : cpus) packages.insert(topology(cpu, "physical_package_id"));
  std::vector<Place> places;
  for (const int cpu : cpus) {
    places.push_back({cpu, "-" + topology(cpu, "physical_package_id")});
    if (packages.size() < cpus.size()) places.back().suffix += "-die-" + topology(cpu, "die_id");
  }
  return places;
}

/// The number of "event=0x02".
std::optional<std::uint64_t> ParseEvent(std::string_view text) {
  constexpr std::string_view kPrefix = "event=0x";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  std::uint64_t event = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), event, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return event;
}

Domain DomainOf(const Kind& kind, const std::string& suffix) {
  const std::string name = std::string(kind.name) + suffix;
  Domain domain{.name = name, .part = "machine/" + name};
  domain.tick = Seconds(0.001);  // of the RAPL counters behind it
  if (kind.name == "psys") domain.part = "machine";
  if (kind.name == "core" || kind.name == "uncore") {
    domain.part = "machine/package" + suffix + "/" + std::string(kind.name);
  }
  return domain;
}

/// The event as its three files tell it, for no processor yet.
PerfEvent ReadEvent(const fs::path& events, const Kind& kind) {
  const std::string name(kind.event);
  const auto event = ParseEvent(ReadLine(events / name).value_or(""));
  const auto scale = ParseDouble(ReadLine(events / (name + ".scale")).value_or(""));
  const auto unit = ReadLine(events / (name + ".unit"));
  PerfEvent read;
  if (event && scale && *scale > 0 && unit == "Joules") {
    read.config = *event;
    read.unit = Joules(*scale);
  } else {
    read.failure = "cannot make sense of " + (events / name).string() +
                   "{,.scale,.unit}: wanted an event=0xN, a factor and Joules";
  }
  return read;
}

}  // namespace

std::vector<PerfEvent> FindPerfEvents(const fs::path& root) {
  const fs::path pmu = root / "sys/bus/event_source/devices/power";
  const auto type = ReadNumber(pmu / "type");
  if (!type) return {};
  const auto places = PlacesOf(root, ParseCpuList(ReadLine(pmu / "cpumask").value_or("")));
  std::vector<PerfEvent> found;
  for (const Kind& kind : kKinds) {
    if (!fs::exists(pmu / "events" / kind.event)) continue;
    PerfEvent event = ReadEvent(pmu / "events", kind);
    event.type = static_cast<std::uint32_t>(*type);
    for (const Place& place : places) {
      event.cpu = place.cpu;
      event.domain = DomainOf(kind, place.suffix);
      event.domain.resolution = std::max(event.unit, kRegisterUnit);
      found.push_back(event);
    }
  }
  return found;
}

}  // namespace joulecast
