// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace joulecast {

/// The description of everything that the server answers, OpenAPI 3.1, made from its table.
std::string OpenApiJson(const std::string& version);

}  // namespace joulecast
