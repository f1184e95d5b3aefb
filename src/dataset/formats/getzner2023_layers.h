// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "joulecast/layer.h"

namespace joulecast {

/// A layer in the words of getzner2023: what its files hold and its predictors read.
struct GetznerLayer {
  std::string module;     ///< "Conv2d"
  std::int64_t macs = 0;  ///< as the files count them for this module
  /// batch_size, image_size, ...; empty where these cannot say what the layer does: sides that
  /// differ, groups, dilation.
  std::map<std::string, std::int64_t> params;
};

/// Nullopt for types that the authors did not measure.
std::optional<GetznerLayer> AsGetznerLayer(const LayerSpec& spec);

/// The text of a specification; nullopt for a module that is no layer of ours, or without one of
/// its parameters. The text need not be valid: the files hold layers that cannot be.
std::optional<std::string> SpecOfGetznerLayer(std::string_view module,
                                              const std::map<std::string, std::int64_t>& params);

}  // namespace joulecast
