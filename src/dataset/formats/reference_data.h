// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace joulecast {

inline constexpr const char* kNoReferenceData =
    "the getzner2023 measurements are not here; set JOULECAST_REFERENCE_DATA to their folder";

/// For tests: the folder of the getzner2023 measurements, which carry no licence and so are not in
/// this repository. $JOULECAST_REFERENCE_DATA, or ../shared/data/getzner2023 beside the checkout.
inline std::optional<std::filesystem::path> ReferenceData() {
  namespace fs = std::filesystem;
  const char* variable = std::getenv("JOULECAST_REFERENCE_DATA");
  const fs::path source = fs::path(__FILE__).parent_path() / "../../..";
  const fs::path dir =
      variable != nullptr ? fs::path(variable) : source / "../shared/data/getzner2023";
  return fs::is_directory(dir) ? std::optional(dir) : std::nullopt;
}

}  // namespace joulecast
