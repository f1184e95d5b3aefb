// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "fuzz/target.h"

namespace joulecast::fuzz {

/// A folder for what is read by its path; gone with the process. It lies in memory: /dev/shm, where
/// there is one.
inline const std::filesystem::path& ScratchFolder() {
  static const std::filesystem::path folder = [] {
    const bool has_shm = std::filesystem::exists("/dev/shm");
    const auto parent = has_shm ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (parent / "joulecast-fuzz-XXXXXX").string();
    Promise(::mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
    std::atexit([] { std::filesystem::remove_all(ScratchFolder()); });
    return std::filesystem::path(name);
  }();
  return folder;
}

}  // namespace joulecast::fuzz
