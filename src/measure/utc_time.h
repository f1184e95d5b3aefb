// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace joulecast {

/// Now, as ISO 8601 writes it: "2026-01-31T12:00:00Z".
std::string UtcTime();

}  // namespace joulecast
