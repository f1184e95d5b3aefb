// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/app.h"
#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// What every command that reads a model asks for.
struct ModelOptions {
  std::optional<std::int64_t> batch;
  std::vector<std::string> shapes;
  std::string dtype;

  void AddTo(CLI::App& command);

  /// Gives the graph the element type that was asked for, if any was.
  void SetType(Graph& graph) const;

  /// Reads a model and resolves its shapes. Errors of a file name the file.
  LayeredModel Load(const std::string& name_or_path) const;
  /// The same, with the graph that it was resolved from.
  std::pair<Graph, LayeredModel> LoadWithGraph(const std::string& name_or_path) const;
};

/// `--device`, by name or by the path of a profile.
struct DeviceOption {
  std::string device = DefaultDevice();
  void AddTo(CLI::App& command);
};

/// `--format`, one of `formats`, the first of which is the default.
void AddFormat(CLI::App& command, std::string& format, std::vector<std::string> formats);

}  // namespace joulecast
