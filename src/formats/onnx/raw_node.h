// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "formats/onnx/attribute.h"
#include "formats/onnx/wire.h"
#include "joulecast/graph.h"

namespace joulecast::onnx {

/// A node (NodeProto) whose names are not resolved yet.
struct RawNode {
  Node node;  ///< operator, domain, name, and whether it has inner graphs
  std::vector<std::string_view> inputs;  ///< and behind them, what its inner graphs read
  std::vector<std::string_view> outputs;
  std::vector<Attribute> attributes;
  std::int64_t opset = 1;  ///< version of ONNX's own operators that it is written in
};

/// The innermost module that an entry of a node's metadata says it lies in, "layer1.0.conv1" as
/// PyTorch 2's exporter writes it; empty if the entry says another thing.
std::string_view ModuleOf(WireReader entry);

/// Its name is the file's; "layer1.0.conv1.Conv" where the file says the module.
RawNode ReadNode(WireReader message, const std::filesystem::path& folder, std::int64_t opset);

/// "Relu 'relu1'", for errors.
std::string Describe(const Node& node);

}  // namespace joulecast::onnx
