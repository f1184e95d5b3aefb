// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/app.h"
#include "cli/model_options.h"
#include "measure/diagnosis.h"

namespace joulecast {
namespace {

constexpr int kNoMeter = 4;

}  // namespace

void AddDoctor(CLI::App& command, Action& action) {
  const auto format = std::make_shared<std::string>();
  AddFormat(command, *format, {"text", "json"});
  command.footer(
      "Watches every meter of this machine for a second or two.\n"
      "Exits with 4 if none works.\n\n"
      "Example:\n"
      "  joulecast doctor");
  action = [format] {
    SteadyClock clock;
    const Diagnosis diagnosis = Diagnose({}, clock);
    Print(*format == "json" ? DiagnosisJson(diagnosis) : DiagnosisText(diagnosis));
    return diagnosis.evidence ? kDone : kNoMeter;
  };
}

}  // namespace joulecast
