// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/getzner2023.h"

namespace joulecast {

/// The published system as a whole: its predictor of each layer type, fitted.
class GetznerSystem {
 public:
  /// Fits on the 70 % of each layer type's samples that the published split trains on. A type with
  /// fewer than three samples gets no predictor.
  explicit GetznerSystem(std::span<const GetznerSample> samples);

  bool Knows(std::string_view layer) const { return predictors_.contains(layer); }

  /// Joules of one layer, 0 for the types that the paper counts as free. Nullopt for a type
  /// without predictor, and for a layer that lacks a parameter which its predictor needs.
  std::optional<double> Predict(const GetznerSample& layer) const;

 private:
  std::map<std::string, GetznerPredictor, std::less<>> predictors_;
};

}  // namespace joulecast
