// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "joulecast/graph.h"

namespace joulecast {

/// Reads an ONNX file of any opset. Weights are located, never looked at: a 550 MB file costs a
/// few megabytes of memory. Calls of the model's own functions become the functions' nodes.
/// Throws Error{kInput} naming the file if it is cut, damaged, contradictory or not ONNX at all;
/// Error{kPermission} if it may not be read.
Graph ReadOnnx(const std::filesystem::path& path);

/// The same of a model that lies in memory, called `name`. Data beside it are never looked for.
Graph ReadOnnx(std::span<const std::byte> bytes, const std::string& name);

/// Reads what onnx/skeleton.h kept of a file of that name. No file is opened, whatever the model
/// says of external data.
Graph ReadOnnxSkeleton(std::string_view skeleton, const std::string& name);

}  // namespace joulecast
