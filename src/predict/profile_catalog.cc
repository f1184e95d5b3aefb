// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/mapped_file.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "predict/profile_store.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultDevice = "xeon-gold-5120";

/// Files of $JOULECAST_PROFILES, a user's own folder of profiles.
std::vector<fs::path> OwnProfiles() {
  std::vector<fs::path> paths;
  const char* const folder = std::getenv("JOULECAST_PROFILES");
  std::error_code ignored;  // a folder that is not there has no profiles
  if (folder == nullptr || !fs::is_directory(folder, ignored)) return paths;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Profile LoadFile(const fs::path& path, OwnLayerTypes own) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return ParseProfile({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string(),
                      own);
}

}  // namespace

std::vector<std::string> KnownDevices() {
  std::vector<std::string> names;
  for (const ShippedProfile& shipped : ShippedProfiles()) names.emplace_back(shipped.name);
  for (const fs::path& path : OwnProfiles()) {
    const std::string name = path.stem().string();
    const bool replaces = std::find(names.begin(), names.end(), name) != names.end();
    if (!replaces) names.push_back(name);
  }
  return names;
}

std::string DefaultDevice() { return std::string(kDefaultDevice); }

ProfileSource FindProfile(std::string_view name_or_path) {
  for (const fs::path& path : OwnProfiles()) {
    if (path.stem() == name_or_path) return {.file = path};
  }
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    if (shipped.name == name_or_path) return {.shipped = &shipped};
  }
  if (name_or_path.ends_with(".json")) return {.file = name_or_path};
  throw Error(ErrorKind::kDevice, "unknown device '" + Printable(name_or_path, 60) +
                                      "'; known: " + Join(KnownDevices(), ", ") +
                                      "; or give the path of a profile (.json)");
}

Profile ReadProfile(const ProfileSource& source, OwnLayerTypes own) {
  if (source.shipped != nullptr) {
    return ParseProfile(source.shipped->json, source.shipped->name, own);
  }
  return LoadFile(source.file, own);
}

Profile LoadProfile(std::string_view name_or_path, OwnLayerTypes own) {
  return ReadProfile(FindProfile(name_or_path), own);
}

}  // namespace joulecast
