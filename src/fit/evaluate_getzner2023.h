// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "dataset/samples.h"
#include "fit/evaluate.h"

namespace joulecast {

/// Fits the published system on `train` (single layers; others are passed over) and compares its
/// forecasts with `samples`. It has no intervals and no times; a network with a layer that it
/// cannot predict is excluded. Throws Error{kInput} if no layer type has enough to train on.
Evaluation EvaluateGetzner2023(const std::vector<Sample>& train,
                               const std::vector<Sample>& samples);

}  // namespace joulecast
