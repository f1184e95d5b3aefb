// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "formats/onnx/wire.h"
#include "joulecast/graph.h"

namespace joulecast::onnx {

/// What a file declares about one tensor (ValueInfoProto).
struct ValueInfo {
  std::string_view name;  ///< lies in the file
  DType dtype = DType::kUnknown;
  std::optional<std::vector<Dim>> dims;  ///< nullopt: not a tensor, or of unknown rank
};

/// Extents that are not positive, as some exporters write for "any", count as not given.
ValueInfo ReadValueInfo(WireReader message);

}  // namespace joulecast::onnx
