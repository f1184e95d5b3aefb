// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/layer.h"
#include "joulecast/profile.h"
#include "joulecast/units.h"

namespace joulecast {

/// On what evidence a layer's forecast stands.
enum class Coverage {
  kFitted,    ///< this layer type and element type was measured on the device
  kFallback,  ///< it was not: a measured relative, or generic J/GMAC and J/GB
  kFree,      ///< a view: nothing to do
  kUnknown,   ///< an operator that we do not know: only its tensors' traffic is counted
};
std::string_view Name(Coverage coverage);

/// An amount with its interval at the profile's level.
struct EnergyForecast {
  Joules energy;
  Joules low;
  Joules high;
};

/// What one layer is forecast to cost per call.
struct LayerForecast {
  EnergyForecast energy;
  Seconds time{0};
  Coverage coverage = Coverage::kUnknown;
  bool in_support = false;
};

/// Joules of one layer by term of its type, for `explain`. Empty unless the layer is fitted.
struct TermShare {
  const Term* term = nullptr;
  Joules energy;
};

/// Forecasts layers on one device. Cheap to call: nothing is allocated.
class Predictor {
 public:
  /// Keeps a reference: the profile must outlive it.
  explicit Predictor(const Profile& profile);

  LayerForecast Forecast(const LayerSpec& spec) const;

  /// Why the forecast of this layer is out of support or not fitted; empty if all is well.
  std::string Note(const LayerSpec& spec) const;

  /// An operator that we do not know, of which only the traffic is: a floor with a wide interval.
  LayerForecast ForecastUnknown(const Work& work) const;

  std::vector<TermShare> Explain(const LayerSpec& spec) const;

  const Profile& profile() const { return profile_; }

 private:
  LayerForecast ForecastUnmeasured(const LayerSpec& spec) const;
  LayerForecast ForecastFromForward(const LayerSpec& spec) const;
  LayerForecast ForecastGeneric(const Work& work) const;
  const LayerModel* ModelOf(const LayerSpec& spec) const;
  std::optional<LayerSpec> MeasuredRelative(const LayerSpec& spec) const;
  std::string WhyUnmeasured(const LayerSpec& spec) const;

  const Profile& profile_;
};

}  // namespace joulecast
