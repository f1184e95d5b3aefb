// SPDX-License-Identifier: Apache-2.0
// The tree (Documentation/power/powercap/powercap.rst of the kernel):
//
//     intel-rapl:0/name          package-0       (with several dies: package-0-die-1)
//     intel-rapl:0:0/name        core
//     intel-rapl:0:1/name        dram
//     intel-rapl:1/name          psys            the whole platform
//     intel-rapl-mmio:0/name     package-0       the same counter again, memory-mapped
//
// AMD's processors appear under the same names. A zone's number tells nothing of its socket.
#include "meters/powercap_zones.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "meters/file_reader.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

// Order: what a sum is made of comes first.
constexpr std::array<std::string_view, 5> kKinds = {"package", "dram", "core", "uncore", "psys"};

std::size_t RankOf(const std::string& domain) {
  const auto starts = [&](std::string_view kind) { return domain.starts_with(kind); };
  return static_cast<std::size_t>(std::find_if(kKinds.begin(), kKinds.end(), starts) -
                                  kKinds.begin());
}

/// "intel-rapl:0:1" lies in "intel-rapl:0"; empty at the top.
std::string ParentOf(const std::string& folder) {
  const std::size_t colon = folder.rfind(':');
  return folder.find(':') == colon ? "" : folder.substr(0, colon);
}

/// The domain of a zone by its name and its package's: "dram" in "package-1" is "dram-1".
Domain DomainOf(const std::string& zone, const std::string& package) {
  Domain domain{.name = zone, .part = "machine/" + zone};
  domain.tick = Seconds(0.001);  // Intel SDM 3B, 15.10: "updated approximately every 1 msec"
  if (package.starts_with("package")) {
    domain.name = zone + package.substr(std::string_view("package").size());
    // Memory is wired to a package, and yet no part of its energy.
    domain.part = "machine/" + (zone == "dram" ? domain.name : package + "/" + zone);
  } else if (!zone.starts_with("package")) {
    domain.part = "machine";  // psys, or what nobody has told us the place of
  }
  return domain;
}

/// Zones' names by their folders'.
std::map<std::string, std::string> ReadZoneNames(const fs::path& tree) {
  std::map<std::string, std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(tree, error)) {
    const std::string folder = entry.path().filename().string();
    const std::size_t colon = folder.find(':');
    if (colon == std::string::npos || folder.substr(0, colon).find("rapl") == std::string::npos) {
      continue;
    }
    if (const auto name = ReadLine(entry.path() / "name")) names[folder] = *name;
  }
  return names;
}

bool IsTwin(const PowercapZone& zone) {
  return zone.folder.filename().string().find("mmio") != std::string::npos;
}

bool ComesBefore(const PowercapZone& a, const PowercapZone& b) {
  const auto key = [](const PowercapZone& zone) {
    return std::tuple(RankOf(zone.domain.name), IsTwin(zone), zone.domain.name.size(),
                      zone.domain.name);
  };
  return key(a) < key(b);
}

}  // namespace

std::vector<PowercapZone> FindPowercapZones(const fs::path& tree) {
  const std::map<std::string, std::string> names = ReadZoneNames(tree);
  std::vector<PowercapZone> zones;
  for (const auto& [folder, zone] : names) {
    const auto parent = names.find(ParentOf(folder));
    zones.push_back({tree / folder, DomainOf(zone, parent == names.end() ? "" : parent->second)});
  }
  std::sort(zones.begin(), zones.end(), ComesBefore);
  std::set<std::string> seen;
  std::erase_if(zones,
                [&](const PowercapZone& zone) { return !seen.insert(zone.domain.name).second; });
  return zones;
}

}  // namespace joulecast
