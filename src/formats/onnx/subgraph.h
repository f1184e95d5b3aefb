// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "formats/onnx/wire.h"

namespace joulecast::onnx {

/// Names that a graph inside a node (If, Loop, Scan) reads from around it, each once, in order.
/// Throws Error{kInput} if graphs are nested absurdly deep.
std::vector<std::string_view> OuterReads(const WireReader& graph);

}  // namespace joulecast::onnx
