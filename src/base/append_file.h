// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace joulecast {

/// Sees whether `AppendRows` could write now; makes the file with its header if there is none.
/// Throws Error{kPermission} or Error{kInput} as that does.
void PrepareRows(const std::filesystem::path& path, std::string_view header);

/// Adds whole lines to a file that begins with this header, under a lock that keeps others who do
/// the same from writing between. A torn last line is ended first. Throws Error{kPermission} if
/// that is not allowed; Error{kInput} for another header, or where the disk is full: then the file
/// is as it was.
void AppendRows(const std::filesystem::path& path, std::string_view header, std::string_view rows);

}  // namespace joulecast
