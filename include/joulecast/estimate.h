// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "joulecast/footprint.h"
#include "joulecast/layer.h"
#include "joulecast/predict.h"
#include "joulecast/units.h"

namespace joulecast {

/// One line of an estimate.
struct LayerEstimate {
  Layer layer;
  LayerForecast forecast;
  double share = 0;  ///< of the total energy
  std::string note;  ///< what was assumed, or why the forecast is out of support or not fitted
};

/// Energy and time of one inference of a whole batch, layer by layer.
struct Estimate {
  std::string model;
  std::string device;
  std::int64_t batch = 1;
  EnergyForecast energy;
  Seconds time{0};
  Work work;
  std::optional<Footprint> footprint;      ///< emissions and cost; nullopt if nobody asked
  std::array<double, 4> coverage_share{};  ///< of energy, by Coverage
  std::vector<LayerEstimate> layers;
  std::vector<std::string> warnings;

  Watts mean_power() const { return energy.energy / time; }
};

/// Layers are forecast as the runtime that the profile was measured on fuses them.
Estimate EstimateModel(const LayeredModel& model, const Predictor& predictor);

/// Of layers that are given by their specifications, in order, as they stand: nothing is fused.
/// They are taken to share no weights; the batch is that of the first layer that has a parameter
/// "batch".
Estimate EstimateLayers(std::string name, std::span<const LayerSpec> layers,
                        const Predictor& predictor);

}  // namespace joulecast
