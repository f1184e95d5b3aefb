// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/app.h"
#include "joulecast/profile.h"
#include "request/parameter.h"

namespace joulecast {

/// Each parameter as a flag: `gco2_per_kwh` is `--gco2-per-kwh`.
void AddParameters(CLI::App& command, std::span<const Parameter> parameters);

/// `--device`, by name or by the path of a profile.
struct DeviceOption {
  std::string device = DefaultDevice();
  void AddTo(CLI::App& command);
};

/// `--format`, one of `formats`, the first of which is the default.
void AddFormat(CLI::App& command, std::string& format, std::vector<std::string> formats);

}  // namespace joulecast
