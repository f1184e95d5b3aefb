// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "joulecast/meter.h"

namespace joulecast {

/// Which meters to use, and what they have to be told.
struct MeterOptions {
  std::string meters;  ///< "powercap,nvml:0"; empty: what measures best here
  std::optional<double> tdp_w;
  bool with_memory = false;

  void AddTo(CLI::App& command);
  MeterHost Host() const;
  std::vector<std::unique_ptr<Meter>> Open() const;
};

}  // namespace joulecast
