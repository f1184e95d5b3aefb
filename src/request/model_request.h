// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joulecast/layer.h"
#include "request/parameter.h"

namespace joulecast {

/// What may be asked of any model.
struct ModelRequest {
  std::optional<std::int64_t> batch;
  std::vector<std::string> shapes;
  std::string dtype;

  std::vector<Parameter> Parameters();

  /// Gives the graph the element type that was asked for, if any was.
  void SetType(Graph& graph) const;

  /// The model's layers. Errors name the model as `shown`, which is how it was asked for.
  LayeredModel LayersOf(Graph graph, const std::string& shown) const;
};

}  // namespace joulecast
