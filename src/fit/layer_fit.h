// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/page_state.h"
#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// A fitted layer type and what held-out rows say of it.
struct LayerFit {
  LayerModel model;
  std::vector<SourceRows> sources;
  std::vector<double> measured_j;  ///< rows used, in order
  std::vector<double> held_out_j;  ///< forecast of each by a fit that has not seen it
  std::vector<std::string> row_source;
};

/// Fits one type to rows whose page states are known: at least FewestRows different configurations.
/// The fit has no `sources`.
LayerFit FitStatedRows(const LayerType& type, std::span<const StatedRow> rows,
                       std::span<const Observation> reads, const DeviceTraits& traits,
                       bool allow_residual);

/// Fits one type. `rows` are of that type with positive finite energy and time; `reads` may be of
/// any type and are used where they only read memory. `allow_residual` permits a learned residual
/// where it makes held-out forecasts better. Throws Error{kInput} if there are fewer different
/// configurations than FewestRows.
LayerFit FitLayer(const LayerType& type, std::span<const Observation> rows,
                  std::span<const Observation> reads, const DeviceTraits& traits,
                  bool allow_residual);

}  // namespace joulecast
