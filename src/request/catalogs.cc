// SPDX-License-Identifier: Apache-2.0
#include "request/catalogs.h"

#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"

namespace joulecast {

std::string ZooJson() {
  nlohmann::ordered_json json = {{"models", nlohmann::ordered_json::array()}};
  for (const ZooEntry& entry : ZooCatalog()) {
    json["models"].push_back({{"name", entry.name},
                              {"family", entry.family},
                              {"summary", entry.summary},
                              {"input_shape", entry.input_shape}});
  }
  return DumpJson(json);
}

std::vector<Profile> KnownProfiles(std::vector<std::string>& problems) {
  std::vector<Profile> profiles;
  for (const std::string& name : KnownDevices()) {
    try {
      profiles.push_back(LoadProfile(name));
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  return profiles;
}

}  // namespace joulecast
