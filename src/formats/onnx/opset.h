// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "formats/onnx/wire.h"

namespace joulecast::onnx {

/// OperatorSetIdProto: the version of ONNX's own operators, or nullopt for another domain's.
std::optional<std::int64_t> ReadOpset(WireReader message);

}  // namespace joulecast::onnx
