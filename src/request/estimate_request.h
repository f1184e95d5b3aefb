// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "formats/load_model.h"
#include "joulecast/estimate.h"
#include "joulecast/generation.h"
#include "joulecast/training.h"
#include "request/footprint_request.h"
#include "request/language_request.h"
#include "request/model_request.h"
#include "request/training_request.h"

namespace joulecast {

/// What may be asked of an estimate, but for the model and the device.
struct EstimateRequest {
  ModelRequest input;
  LanguageRequest language;
  TrainRequest training;
  FootprintRequest footprint;

  std::vector<Parameter> Parameters();
};

/// An estimate of any model, and what must be said with it.
struct EstimateAnswer {
  /// A request to a language model as a whole; one inference, or one pass, layer by layer; or a
  /// training.
  std::variant<Estimate, GenerationEstimate, TrainingEstimate> estimate;
  std::vector<std::string> warnings;

  Joules energy() const;  ///< of a training all that was asked for
};

/// Errors name the model as `shown`. Throws Error{kUsage} for what this model cannot be asked, and
/// what `Resolve` and `EstimateGeneration` throw.
EstimateAnswer AnswerEstimate(LoadedModel model, const std::string& shown,
                              const EstimateRequest& request, const Predictor& predictor);

/// The answer as JSON, of either kind.
std::string AnswerJson(const EstimateAnswer& answer, const Profile& profile);

}  // namespace joulecast
