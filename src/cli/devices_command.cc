// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "joulecast/error.h"
#include "joulecast/report.h"

namespace joulecast {
namespace {

int Run(const std::string& format) {
  std::vector<Profile> profiles;
  for (const std::string& name : KnownDevices()) {
    try {
      profiles.push_back(LoadProfile(name));
    } catch (const Error& error) {
      Warn(error.what());  // one bad file of the user's own must not hide the others
    }
  }
  Print(format == "json" ? DevicesJson(profiles) : DevicesText(profiles));
  return kDone;
}

}  // namespace

void AddDevices(CLI::App& command, Action& action) {
  const auto format = std::make_shared<std::string>();
  AddFormat(command, *format, {"text", "json"});
  command.footer(
      "Examples:\n"
      "  joulecast devices\n"
      "  JOULECAST_PROFILES=~/profiles joulecast devices --format json\n"
      "Profiles in the folder $JOULECAST_PROFILES are listed behind those that ship.");
  action = [format] { return Run(*format); };
}

}  // namespace joulecast
