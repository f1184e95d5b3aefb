// SPDX-License-Identifier: Apache-2.0
// A file system that serves a tree as /sys/class/powercap, whose counters advance with the clock:
//
//     fakerapl SCENARIO MOUNTPOINT     stays in the foreground; unmount it to end it
//
// A scenario is a file with a line a zone:
//
//     FOLDER NAME WATTS [OPTION...]    intel-rapl:0:0 dram 12.5 range-uj=65712999613
//
// with these options:
//     range-uj=N         greatest value of energy_uj, after which it is 0 again (262143328850)
//     start-uj=N         its value when mounted (0)
//     no-range           there is no max_energy_range_uj
//     denied             energy_uj may not be opened
//     vanish-after-s=T   the zone is gone from then on: ENODEV, as sysfs gives for open files
//     eio-after-s=T      energy_uj cannot be read from then on: EIO
//     stuck-after-s=T    energy_uj stands still from then on
//
// Times count from the first reading of any energy_uj, so that a test knows them. Counters move in
// steps of 2^-14 J, Intel's usual unit.
#define FUSE_USE_VERSION 31
#include <fuse.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Zone {
  std::string folder;
  std::string name;
  double watts = 0;
  double range_uj = 262143328850;
  double start_uj = 0;
  bool no_range = false;
  bool denied = false;
  double vanish_after_s = HUGE_VAL;
  double eio_after_s = HUGE_VAL;
  double stuck_after_s = HUGE_VAL;
};

struct Tree {
  std::vector<Zone> zones;
  Clock::time_point mounted = Clock::now();
  std::optional<Clock::time_point> first_reading;
};

Tree& TheTree() {
  static Tree tree;
  return tree;
}

double SinceFirstReading() {
  const Tree& tree = TheTree();
  return tree.first_reading ? Seconds(Clock::now() - *tree.first_reading).count() : 0;
}

/// Sets one option; false if there is none of that name.
bool Set(const std::string& option, Zone& zone) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string key = option.substr(0, equals);
  const double value = std::strtod(option.c_str() + std::min(equals + 1, option.size()), nullptr);
  if (key == "range-uj") return zone.range_uj = value, true;
  if (key == "start-uj") return zone.start_uj = value, true;
  if (key == "no-range") return zone.no_range = true;
  if (key == "denied") return zone.denied = true;
  if (key == "vanish-after-s") return zone.vanish_after_s = value, true;
  if (key == "eio-after-s") return zone.eio_after_s = value, true;
  if (key == "stuck-after-s") return zone.stuck_after_s = value, true;
  return false;
}

bool ReadScenario(const char* path, std::vector<Zone>& zones) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Zone& zone = zones.emplace_back();
    if (!(words >> zone.folder >> zone.name >> zone.watts)) return false;
    for (std::string option; words >> option;) {
      if (!Set(option, zone)) return false;
    }
  }
  return !zones.empty();
}

bool IsGone(const Zone& zone) { return SinceFirstReading() > zone.vanish_after_s; }

/// "/intel-rapl:0/energy_uj" -> its zone and "energy_uj"; the file is empty for the folder itself.
struct Place {
  const Zone* zone = nullptr;
  std::string file;
};

Place Find(const std::string& path) {
  const std::size_t slash = path.find('/', 1);
  const std::string folder = path.substr(1, slash == std::string::npos ? slash : slash - 1);
  for (const Zone& zone : TheTree().zones) {
    if (zone.folder != folder || IsGone(zone)) continue;
    return {&zone, slash == std::string::npos ? "" : path.substr(slash + 1)};
  }
  return {};
}

std::vector<std::string> FilesOf(const Zone& zone) {
  std::vector<std::string> files = {"name", "energy_uj"};
  if (!zone.no_range) files.emplace_back("max_energy_range_uj");
  return files;
}

bool Exists(const Place& place) {
  if (place.zone == nullptr) return false;
  const auto files = FilesOf(*place.zone);
  return place.file.empty() || std::find(files.begin(), files.end(), place.file) != files.end();
}

std::uint64_t EnergyUj(const Zone& zone) {
  constexpr double kUnitUj = 1e6 / 16384;
  double seconds = Seconds(Clock::now() - TheTree().mounted).count();
  const double stuck_for = SinceFirstReading() - zone.stuck_after_s;
  if (stuck_for > 0) seconds -= stuck_for;
  const double total_uj = zone.start_uj + zone.watts * seconds * 1e6;
  const double stepped_uj = std::floor(total_uj / kUnitUj) * kUnitUj;
  return static_cast<std::uint64_t>(std::fmod(stepped_uj, zone.range_uj + 1));
}

std::string Content(const Place& place) {
  if (place.file == "name") return place.zone->name + "\n";
  if (place.file == "energy_uj") return std::to_string(EnergyUj(*place.zone)) + "\n";
  return std::to_string(static_cast<std::uint64_t>(place.zone->range_uj)) + "\n";
}

int GetAttributes(const char* path, struct stat* status, fuse_file_info*) {
  const Place place = Find(path);
  const bool root = std::strcmp(path, "/") == 0;
  if (!root && !Exists(place)) return -ENOENT;
  const bool folder = root || place.file.empty();
  const bool secret = !folder && place.file == "energy_uj";
  status->st_mode = folder ? S_IFDIR | 0755 : S_IFREG | (secret ? 0400 : 0444);
  status->st_nlink = folder ? 2 : 1;
  status->st_size = folder ? 0 : 4096;  // as sysfs has it
  return 0;
}

int ListFolder(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*,
               fuse_readdir_flags) {
  const auto add = [&](const std::string& name) {
    fill(buffer, name.c_str(), nullptr, 0, fuse_fill_dir_flags{});
  };
  if (std::strcmp(path, "/") == 0) {
    for (const Zone& zone : TheTree().zones) {
      if (!IsGone(zone)) add(zone.folder);
    }
    return 0;
  }
  const Place place = Find(path);
  if (place.zone == nullptr) return -ENOENT;
  for (const std::string& file : FilesOf(*place.zone)) add(file);
  return 0;
}

int Open(const char* path, fuse_file_info* info) {
  const Place place = Find(path);
  if (!Exists(place)) return -ENOENT;
  if (place.zone->denied && place.file == "energy_uj") return -EACCES;
  info->direct_io = 1;  // each reading comes here
  return 0;
}

int Read(const char* path, char* buffer, std::size_t size, off_t offset, fuse_file_info*) {
  const Place place = Find(path);
  if (!Exists(place)) return -ENODEV;
  if (place.file == "energy_uj") {
    if (!TheTree().first_reading) TheTree().first_reading = Clock::now();
    if (SinceFirstReading() > place.zone->eio_after_s) return -EIO;
  }
  const std::string content = Content(place);
  if (static_cast<std::size_t>(offset) >= content.size()) return 0;
  const std::size_t length = std::min(size, content.size() - static_cast<std::size_t>(offset));
  std::copy_n(content.begin() + offset, length, buffer);
  return static_cast<int>(length);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fakerapl SCENARIO MOUNTPOINT\n";
    return 2;
  }
  if (!ReadScenario(argv[1], TheTree().zones)) {
    std::cerr << "fakerapl: cannot read the scenario " << argv[1] << "\n";
    return 3;
  }
  fuse_operations operations = {};
  operations.getattr = GetAttributes;
  operations.readdir = ListFolder;
  operations.open = Open;
  operations.read = Read;
  std::string foreground = "-f";
  std::string one_thread = "-s";
  std::string options = "-oattr_timeout=0,entry_timeout=0,negative_timeout=0";
  char* fuse_argv[] = {argv[0],        foreground.data(), one_thread.data(),
                       options.data(), argv[2],           nullptr};
  return fuse_main(5, fuse_argv, &operations, nullptr);
}
