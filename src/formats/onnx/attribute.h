// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/onnx/tensor.h"
#include "formats/onnx/wire.h"
#include "joulecast/graph.h"

namespace joulecast::onnx {

/// One attribute of a node (AttributeProto). Types, sparse tensors and lists of strings or tensors
/// are left out: no layer reads them.
struct Attribute {
  std::string_view name;  ///< lies in the file
  std::optional<std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                             std::vector<double>, Tensor>>
      value;
  std::string_view reference;  ///< in a function: the attribute of its call that has the value
  std::vector<WireReader> graphs;
};

Attribute ReadAttribute(WireReader message, const std::filesystem::path& folder);

}  // namespace joulecast::onnx
