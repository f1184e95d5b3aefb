// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "backends/backend.h"
#include "cli/lab/meter_options.h"

namespace joulecast {

/// What layers are run on and measured by.
struct BenchOptions {
  std::string device = "cpu";
  std::optional<int> threads;
  Fusion fusion = Fusion::kNone;  ///< of nets
  MeterOptions meters;

  void AddTo(CLI::App& command);
  /// Warns of what makes this installation unfit for measuring.
  std::unique_ptr<Backend> OpenBackend() const;
};

}  // namespace joulecast
