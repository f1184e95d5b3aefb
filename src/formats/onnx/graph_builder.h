// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "formats/onnx/wire.h"
#include "joulecast/graph.h"

namespace joulecast::onnx {

/// What a GraphProto means depends on, from the ModelProto around it.
struct ModelContext {
  std::filesystem::path folder;            ///< where external data lie; empty: nowhere
  std::int64_t opset = 1;                  ///< version of ONNX's own operators
  std::vector<WireReader> functions = {};  ///< operators of the model's own
};

/// Reads a GraphProto: nodes in an order that can run, every name resolved to a value.
/// Throws Error{kInput} for what contradicts itself: values that nobody or that two nodes write,
/// cycles, tensors whose data do not fit their extents.
Graph BuildGraph(const WireReader& message, const ModelContext& context);

}  // namespace joulecast::onnx
