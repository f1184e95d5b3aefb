// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace joulecast {

/// Writes a whole file, or leaves what was there: through a file beside it that is synced and then
/// takes its name. Throws Error{kPermission} or Error{kInput} saying why it could not be written.
void WriteFile(const std::filesystem::path& path, std::string_view content);

/// Throws as `WriteFile` would if that is sure to fail, and changes nothing: for what takes long
/// before there is anything to write.
void CheckWritable(const std::filesystem::path& path);

}  // namespace joulecast
