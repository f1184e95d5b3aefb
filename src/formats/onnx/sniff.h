// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace joulecast::onnx {

/// Why bytes that begin so are no ONNX model ("this is a PNG image, not an ONNX model"), and what
/// to do about it; nullopt if they may be one.
std::optional<std::string> WhyNotOnnx(std::span<const std::byte> bytes);

}  // namespace joulecast::onnx
