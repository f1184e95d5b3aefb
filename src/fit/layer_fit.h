// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "joulecast/layer.h"
#include "joulecast/profile.h"
#include "joulecast/units.h"

namespace joulecast {

/// One configuration that was measured, its repeats already averaged. Energy and time per call.
struct Observation {
  LayerSpec spec;
  Joules energy;
  Seconds time;
  std::string source;  ///< the session or file that it comes from: rows of one share their state
};

/// What became of a source's rows.
struct SourceState {
  std::string source;
  std::int64_t rows = 0;
  double large_buffer_bytes = 0;  ///< above which this session's allocations were fresh pages
  double cv_mape_percent = 0;     ///< of a fit on this source alone
  bool used = true;
};

/// A fitted layer type and what held-out rows say of it.
struct LayerFit {
  LayerModel model;
  std::vector<SourceState> sources;
  std::vector<double> measured_j;  ///< rows used, in order
  std::vector<double> held_out_j;  ///< forecast of each by a fit that has not seen it
  std::vector<std::size_t> group;  ///< rows alike in size and in what they spend energy on
  std::vector<std::string> row_source;
};

/// Fewer rows than this per non-negative coefficient teach nothing: the type is left out.
std::int64_t FewestRows(const LayerType& type);

/// Fits one type. `rows` are of that type with positive finite energy and time; `reads` may be of
/// any type and are used where they only read memory. `level` is what the interval shall cover;
/// `allow_residual` permits a learned residual where it makes held-out forecasts better.
/// Throws Error{kInput} if there are fewer rows than FewestRows.
LayerFit FitLayer(const LayerType& type, std::span<const Observation> rows,
                  std::span<const Observation> reads, const DeviceTraits& traits, double level,
                  bool allow_residual);

}  // namespace joulecast
