// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "request/parameter.h"

namespace joulecast {

/// Undoes percent-encoding. Throws Error{kUsage} for escapes that are none, and for text that is
/// not printable UTF-8; `what` names it in messages.
std::string DecodePercent(std::string_view text, std::string_view what);

/// Gives the parameters what a query says of them: "batch=8&shape=in%3D1x3x224x224"; '+' is a
/// blank. Throws Error{kUsage} for what is none of them, naming the closest.
void ReadQuery(std::string_view query, std::span<const Parameter> parameters);

}  // namespace joulecast
