// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace joulecast {

/// A file that web/ was built into and that this program carries: "page.html", "page.js", ...
struct WebAsset {
  std::string_view name;
  std::string_view media_type;
  std::string_view content;
};

/// All of them; none in a build without Node.
std::span<const WebAsset> WebAssets();

/// By name, or nullptr.
const WebAsset* FindWebAsset(std::string_view name);

}  // namespace joulecast
