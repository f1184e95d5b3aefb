// SPDX-License-Identifier: Apache-2.0
// A language model's config.json, and the passes that it stands for.
#include <cmath>
#include <nlohmann/json.hpp>

#include "formats/huggingface/huggingface.h"
#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/generation.h"
#include "joulecast/report.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) {
  const LanguageModel model = ReadLanguageModel(input, "model/config.json", "model");
  if (model.prefill.nodes.size() > kMostNodes) return;
  Promise(model.Params() >= 0, "a model has parameters");
  const GenerationEstimate estimate = EstimateGeneration(
      model, {.batch = 2, .prompt = 7, .generate = 3}, Predictor(ShippedProfile()));
  Promise(std::isfinite(estimate.energy.energy.value()), "energy is finite");
  GenerationText(estimate, ShippedProfile());
  Promise(nlohmann::json::accept(GenerationJson(estimate, ShippedProfile())),
          "what is printed as JSON is JSON");
}

}  // namespace joulecast::fuzz
