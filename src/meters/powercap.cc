// SPDX-License-Identifier: Apache-2.0
// RAPL, the energy counters of Intel's and AMD's processors, through the kernel's powercap tree.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/cpu_facts.h"
#include "meters/file_reader.h"
#include "meters/meter_obstacle.h"
#include "meters/powercap_zones.h"
#include "meters/wrap_counter.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

// No zone of a machine that runs today draws more, so that none wraps sooner than this fills it.
constexpr Watts kMostPower(2000);

constexpr Joules Microjoules(std::uint64_t n) { return Joules(static_cast<double>(n) * 1e-6); }

class Zone final : public Counter {
 public:
  Zone(const fs::path& energy, std::uint64_t range_uj) : energy_(energy), counter_(range_uj) {}

  void Read(TimePoint, DomainReading& into) override {
    into.raw = energy_.ReadUnsigned();
    into.total = Microjoules(Advance(*into.raw));
  }

 private:
  std::uint64_t Advance(std::uint64_t now) {
    try {
      return counter_.Advance(now);
    } catch (const Error& error) {
      throw Error(ErrorKind::kDevice, energy_.path() + ": " + error.what());
    }
  }

  FileReader energy_;
  WrapCounter counter_;
};

/// A zone whose range is unknown would count backwards at each wrap.
CountedDomain OpenZone(const PowercapZone& zone) {
  CountedDomain counted{zone.domain, nullptr, {}};
  const fs::path range_file = zone.folder / "max_energy_range_uj";
  const auto range_uj = ReadNumber(range_file);
  if (!range_uj || *range_uj == 0) {
    counted.failure = "cannot read " + range_file.string() +
                      ": without it, a wrap of the counter "
                      "cannot be undone";
    return counted;
  }
  auto counter = std::make_unique<Zone>(zone.folder / "energy_uj", *range_uj);
  DomainReading first;
  counter->Read({}, first);
  counted.counter = std::move(counter);
  // A register of 32 bits, of which the kernel makes microjoules.
  counted.domain.resolution =
      std::max(Joules(1e-6), Joules(Microjoules(*range_uj).value() / 0xFFFFFFFF));
  counted.longest_gap = Seconds(Microjoules(*range_uj).value() / kMostPower.value());
  return counted;
}

/// Opens each zone; what keeps one from being read stays with it. `denied` counts those that this
/// user may not read.
std::vector<CountedDomain> OpenZones(const std::vector<PowercapZone>& zones, std::size_t& denied) {
  std::vector<CountedDomain> domains;
  for (const PowercapZone& zone : zones) {
    try {
      domains.push_back(OpenZone(zone));
    } catch (const Error& error) {
      denied += error.kind() == ErrorKind::kPermission ? 1 : 0;
      domains.push_back({zone.domain, nullptr, error.what()});
    }
  }
  return domains;
}

bool HasEntries(const fs::path& tree) {
  std::error_code error;
  return fs::directory_iterator(tree, error) != fs::directory_iterator();
}

[[noreturn]] void FailWithoutZones(const fs::path& tree, const MeterHost& host) {
  if (HasEntries(tree)) {
    throw MeterObstacle(ErrorKind::kDevice,
                        "powercap: " + tree.string() + " has no RAPL zone that can be looked at",
                        "in a container: run it with --security-opt systempaths=unconfined, as "
                        "engines hide these counters; elsewhere: sudo modprobe intel_rapl_msr");
  }
  const std::string why = "powercap: this kernel offers no RAPL counters in " + tree.string();
  if (ReadCpuFacts(host.root).virtual_machine) {
    throw MeterObstacle(ErrorKind::kDevice, why + "; this is a virtual machine",
                        "measure on its host, or take --meter modelled");
  }
  throw MeterObstacle(
      ErrorKind::kDevice, why,
      "sudo modprobe intel_rapl_msr (Intel since Sandy Bridge, AMD since Zen), or take "
      "--meter modelled");
}

[[noreturn]] void FailUnreadable(const fs::path& tree, const CountedDomain& first, bool denied) {
  if (!denied) {
    throw MeterObstacle(ErrorKind::kDevice, "powercap: no zone can be counted: " + first.failure,
                        "choose another meter with --meter");
  }
  throw MeterObstacle(
      ErrorKind::kPermission, "powercap: " + first.failure,
      "let users read it: sudo chmod a+r " + (tree / "*/energy_uj").string() +
          " (until the next boot; for good, as a line in /etc/udev/rules.d/70-powercap.rules: "
          "SUBSYSTEM==\"powercap\", ACTION==\"add\", RUN+=\"/bin/chmod a+r /sys%p/energy_uj\")");
}

std::string Describe(const std::vector<PowercapZone>& zones) {
  std::vector<std::string> folders;
  for (const PowercapZone& zone : zones) folders.push_back(zone.folder.filename().string());
  return "RAPL through powercap: " + Join(folders, " ");
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost& host) {
  if (!argument.empty()) {
    throw Error(ErrorKind::kUsage, "powercap: takes no argument, but has '" +
                                       Printable(argument, 80) + "'; try --meter powercap");
  }
  const fs::path tree = host.root / "sys/class/powercap";
  const std::vector<PowercapZone> zones = FindPowercapZones(tree);
  if (zones.empty()) FailWithoutZones(tree, host);
  std::size_t denied = 0;
  std::vector<CountedDomain> domains = OpenZones(zones, denied);
  const auto works = [](const CountedDomain& domain) { return domain.counter != nullptr; };
  if (std::none_of(domains.begin(), domains.end(), works)) {
    FailUnreadable(tree, domains.front(), denied > 0);
  }
  return std::make_unique<CounterMeter>("powercap", Describe(zones), std::move(domains));
}

}  // namespace

const MeterType kPowercap = {
    .name = "powercap",
    .summary = "RAPL counters of Intel and AMD processors, through the kernel's powercap tree",
    .argument = "",
    .preference = 10,
    .open = Open};

}  // namespace joulecast
