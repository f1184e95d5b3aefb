// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

/// One way to name a model: by a file of some format, or by a name that the zoo knows.
/// One folder of `src/formats/` defines it; one line in `src/formats/catalog.inc` lists it.
struct ModelFormat {
  std::string_view name;
  std::string_view expects;  ///< for errors: what it accepts, "a file ending in .onnx"

  /// The graph, or nullopt if this is no name or file of this format. Throws Error if it is, but
  /// cannot be read.
  std::optional<Graph> (*load)(std::string_view name_or_path);

  /// Every model it knows by name; null for formats of files.
  std::vector<std::string> (*names)() = nullptr;
};

#define JOULECAST_FORMAT(format) extern const ModelFormat format;
#include "formats/catalog.inc"
#undef JOULECAST_FORMAT

}  // namespace joulecast
