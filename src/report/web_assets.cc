// SPDX-License-Identifier: Apache-2.0
#include "report/web_assets.h"

#include <algorithm>

namespace joulecast {

const WebAsset* FindWebAsset(std::string_view name) {
  const std::span<const WebAsset> assets = WebAssets();
  const auto found = std::find_if(assets.begin(), assets.end(),
                                  [&](const WebAsset& asset) { return asset.name == name; });
  return found == assets.end() ? nullptr : &*found;
}

}  // namespace joulecast
