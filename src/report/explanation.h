// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "joulecast/layer.h"
#include "joulecast/predict.h"

namespace joulecast {

/// Where the joules of one layer go.
struct LayerExplanation {
  std::string name;
  std::string spec;  ///< empty for an unknown operator
  LayerForecast forecast;
  std::vector<TermShare> terms;  ///< empty unless the layer is fitted
  std::string note;              ///< why it is out of support or not fitted
};

/// Where the joules of a model or of one layer go.
struct Explanation {
  std::string title;
  std::vector<LayerExplanation> layers;
};

Explanation ExplainModel(const LayeredModel& model, const Predictor& predictor);
Explanation ExplainLayer(const LayerSpec& spec, const Predictor& predictor);

std::string ExplanationText(const Explanation& explanation, const Profile& profile);
std::string ExplanationJson(const Explanation& explanation, const Profile& profile);

}  // namespace joulecast
