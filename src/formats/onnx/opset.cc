// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/opset.h"

namespace joulecast::onnx {

std::optional<std::int64_t> ReadOpset(WireReader message) {
  std::string_view domain;
  std::int64_t version = 1;
  while (message.Next()) {
    if (message.field() == 1) domain = message.Text();
    if (message.field() == 2) version = message.Int();
  }
  const bool is_own = domain.empty() || domain == "ai.onnx";
  return is_own ? std::optional(version) : std::nullopt;
}

}  // namespace joulecast::onnx
