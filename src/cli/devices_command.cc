// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "joulecast/report.h"
#include "request/catalogs.h"

namespace joulecast {
namespace {

int Run(const std::string& format) {
  std::vector<std::string> problems;
  const std::vector<Profile> profiles = KnownProfiles(problems);
  for (const std::string& problem : problems) Warn(problem);
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
