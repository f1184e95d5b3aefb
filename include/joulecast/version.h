// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace joulecast {

/// "0.1.0"
std::string_view Version();

/// What this library was built from and by: "commit 1a2b3c4d5e6f, GNU 12.2.0, Release".
std::string_view BuildDescription();

}  // namespace joulecast
