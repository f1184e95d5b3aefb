// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace joulecast {

/// Appends a number as Base64 VLQ, the encoding of source maps (ECMA-426): digits of five bits, the
/// lowest first, of which the last bit of the first is the sign.
void AppendVlq(std::int64_t number, std::string& text);

/// Takes a number off the front of the text; nullopt, and the text as it was, if none is there or
/// it has more than 60 bits.
std::optional<std::int64_t> TakeVlq(std::string_view& text);

}  // namespace joulecast
