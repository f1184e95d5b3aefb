// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "joulecast/profile.h"

namespace joulecast {

/// For tests: a profile of one measured type, linear, with numbers that are easy to work with.
///
/// `linear batch=8 in=1000 out=500` has 8 x 1000 x 500 = 0.004 GMAC; weights of 2,000,000 bytes, of
/// which 1,500,000 fit into the cache (rows of 4000 bytes do not alias); 32,000 bytes of input
/// and 16,000 of output. In the terms' order its joules are, before overlap:
///   macs 1 x 0.004, weights_cached 1 x 0.0015, weights_from_memory 3 x 0.0005,
///   weights_for_few_rows 5 x 0, input 10 x 0.000032, output 20 x 0.000016, call 0.001.
inline Profile HandProfile(double overlap_exponent = 1) {
  Profile profile{.device = "hand-made", .title = "A device worked by hand"};
  profile.traits.last_level_cache_bytes = 1.5e6;
  profile.layers.push_back({.type = FindLayerType("linear"),
                            .dtypes = {DType::kF32},
                            .energy = {{1, 1, 3, 5, 10, 20, 0.001}, overlap_exponent},
                            .time = {{0.01, 0, 0, 0, 0, 0, 0.0001}, 1},
                            .interval = {.uncertainty = {0, 0, 0, 0, 0, 0, 2},
                                         .floor = 0.05,
                                         .scale = 1.5,
                                         .scale_per_distance = 0.5,
                                         .tested_distance = 2,
                                         .correlation = 0.25},
                            .other_page_states = {1e9},
                            // batch, in, out, bias, dtype
                            .support = {{1, 100, 100, 0, std::int64_t(DType::kF32)},
                                        {64, 4096, 4096, 1, std::int64_t(DType::kF32)}},
                            .training_rows = 120,
                            .cv_mape_percent = 3.25});
  profile.generic_energy = {.per_gmac = 2,
                            .per_gb = 3,
                            .per_gb_weights = 3,
                            .per_call = 0.001,
                            .half_width = std::log(2.0)};
  profile.generic_time = {.per_gmac = 0.02,
                          .per_gb = 0.03,
                          .per_gb_weights = 0.03,
                          .per_call = 0.0001,
                          .half_width = 1};
  profile.provenance = {.kind = "measured",
                        .meter = "a meter",
                        .hardware = "hardware",
                        .software = "software",
                        .dataset = "rows by hand",
                        .fitted_by = "hand",
                        .training_rows = 120};
  return profile;
}

inline constexpr const char* kHandLayer = "linear batch=8 in=1000 out=500";

}  // namespace joulecast
