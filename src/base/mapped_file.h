// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace joulecast {

/// A file read through memory pages: only what is looked at is ever loaded.
class MappedFile {
 public:
  /// Throws Error{kInput} for what is missing, a directory, or empty; Error{kPermission} for
  /// what may not be read.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Gives back the memory of what was looked at so far; looking again loads it again. Kernels
  /// load up to 2 MB at each look into a file that is cached in large pages.
  void Release() const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace joulecast
