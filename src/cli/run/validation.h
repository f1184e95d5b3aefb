// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fit/evaluate.h"
#include "joulecast/estimate.h"
#include "joulecast/predict.h"
#include "joulecast/profile.h"
#include "measure/campaign/measure_nets.h"

namespace joulecast {

/// One network measured here beside its forecast.
struct ValidatedNet {
  MeasuredItem measured;
  Estimate forecast;
};

/// A layer of theirs, alone, beside its forecast.
struct ValidatedLayer {
  MeasuredItem measured;
  LayerForecast forecast;
};

/// How well a profile forecasts whole networks, and their layers, on this machine.
struct Validation {
  Evaluation evaluation;
  Evidence evidence = Evidence::kMeasured;  ///< of the energies measured here
  std::vector<ValidatedNet> nets;
  std::vector<ValidatedLayer> layers;  ///< none where none was measured
  std::vector<std::string> warnings;
};

/// Forecasts what was measured. Measured energies beside modelled ones are warned of.
Validation Validate(const Profile& profile, const MeasuredNets& measured);

std::string ValidationText(const Validation& validation);
std::string ValidationJson(const Validation& validation);
std::string ValidationHtml(const Validation& validation);

}  // namespace joulecast
