// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace joulecast {

/// A file of `profiles/`, embedded at build time.
struct ShippedProfile {
  std::string_view name;
  std::string_view json;
};

std::span<const ShippedProfile> ShippedProfiles();

}  // namespace joulecast
