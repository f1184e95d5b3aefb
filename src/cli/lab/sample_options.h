// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/app.h"
#include "dataset/samples.h"

namespace joulecast {

/// Which rows of a dataset a command works on.
struct SampleOptions {
  std::vector<std::string> origins;
  std::string device;
  std::string cleaning = "physics";

  void AddTo(CLI::App& command);

  /// Throws Error{kInput} if no row is left, saying what there is.
  std::vector<Sample> Load(const std::string& dataset) const;
};

}  // namespace joulecast
