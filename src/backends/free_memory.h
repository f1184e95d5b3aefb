// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace joulecast {

/// Bytes that this process can still take before the kernel kills somebody: what the machine has
/// left and what the limits of each control group above us leave, whichever is least. nullopt
/// where none of this can be read. `root` is where proc/ and sys/ are looked for.
std::optional<std::int64_t> FreeHostMemory(const std::filesystem::path& root = "/");

}  // namespace joulecast
