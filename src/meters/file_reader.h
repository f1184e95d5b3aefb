// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace joulecast {

/// A small file of the kernel that is read again and again: opened once, and from then on one
/// system call a reading.
class FileReader {
 public:
  /// Throws Error{kPermission} if it may not be read, Error{kDevice} if it is not there.
  explicit FileReader(const std::filesystem::path& path);
  ~FileReader();
  FileReader(FileReader&& other) noexcept;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  const std::string& path() const { return path_; }

  /// What it holds now, as far as it fits. Throws Error{kDevice} if it cannot be read any more.
  std::string_view ReadText(std::span<char> buffer) const;

  /// The one number that it holds now. Throws Error{kDevice} if that is none.
  std::uint64_t ReadUnsigned() const;

 private:
  std::string path_;
  int descriptor_;
};

/// The first line of a small file without its end, or nullopt where it cannot be read.
std::optional<std::string> ReadLine(const std::filesystem::path& path);

/// The one number in a small file, or nullopt where there is none to read.
std::optional<std::uint64_t> ReadNumber(const std::filesystem::path& path);

}  // namespace joulecast
