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

  SampleFilter Filter() const;

  /// Throws as LoadSamples does.
  std::vector<Sample> Load(const std::string& dataset) const;
};

/// Throws Error{kInput} if the samples are of several devices, or measured and modelled ones are
/// mixed: what is learned from such a mixture is of no device.
void RequireOneDevice(const std::vector<Sample>& samples);

}  // namespace joulecast
