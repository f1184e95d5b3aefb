// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace joulecast {

/// The trimmed content of a small file of /proc or /sys; nullopt if it cannot be read.
std::optional<std::string> ReadSystemFile(const std::filesystem::path& path);

}  // namespace joulecast
