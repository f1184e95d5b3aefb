// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "joulecast/layer.h"

namespace joulecast {

/// A trait by the name that profiles and flags give it. Written to disk: never rename.
struct TraitField {
  std::string_view name;
  double DeviceTraits::*member;
  double least = 0;  ///< smaller values mean nothing
};

inline constexpr std::array<TraitField, 14> kTraitFields = {{
    {"vector_block", &DeviceTraits::vector_block, 1},
    {"vector_registers", &DeviceTraits::vector_registers, 1},
    {"l1_bytes", &DeviceTraits::l1_bytes},
    {"l2_bytes", &DeviceTraits::l2_bytes},
    {"last_level_cache_bytes", &DeviceTraits::last_level_cache_bytes},
    {"large_buffer_bytes", &DeviceTraits::large_buffer_bytes},
    {"huge_buffer_bytes", &DeviceTraits::huge_buffer_bytes},
    {"tile_pixels", &DeviceTraits::tile_pixels},
    {"tile_channels", &DeviceTraits::tile_channels},
    {"matrix_vector_rows", &DeviceTraits::matrix_vector_rows},
    {"aliasing_bytes", &DeviceTraits::aliasing_bytes, 1},
    {"results_in_turn", &DeviceTraits::results_in_turn, 1},
    {"weights_in_turn", &DeviceTraits::weights_in_turn, 1},
    {"in_turn_bytes", &DeviceTraits::in_turn_bytes},
}};

}  // namespace joulecast
