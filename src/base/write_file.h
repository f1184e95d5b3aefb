// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace joulecast {

/// Writes a whole file, or leaves what was there: through a file beside it that is synced and then
/// takes its name. Throws Error{kPermission} or Error{kInput} saying why it could not be written.
void WriteFile(const std::filesystem::path& path, std::string_view content);

}  // namespace joulecast
