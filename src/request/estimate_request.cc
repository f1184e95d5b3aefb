// SPDX-License-Identifier: Apache-2.0
#include "request/estimate_request.h"

#include "joulecast/error.h"
#include "joulecast/report.h"

namespace joulecast {
namespace {

EstimateAnswer AnswerGeneration(LanguageModel model, const EstimateRequest& request,
                                const Predictor& predictor) {
  if (!request.input.shapes.empty()) {
    throw Error(ErrorKind::kUsage, "--shape does not go with a language model; give --prompt");
  }
  request.input.SetType(model.prefill);
  if (model.decode) request.input.SetType(*model.decode);
  const GenerationRequest asked = request.language.RequestOf(model, request.input.batch);
  GenerationEstimate estimate = EstimateGeneration(model, asked, predictor);
  std::vector<std::string> warnings = estimate.warnings;
  if (const Estimate* pass = request.language.PassOf(estimate)) return {*pass, warnings};
  estimate.footprint = request.footprint.Of(estimate.energy, estimate.time);
  return {std::move(estimate), std::move(warnings)};
}

}  // namespace

std::vector<Parameter> EstimateRequest::Parameters() {
  std::vector<Parameter> all = input.Parameters();
  for (const auto& more : {language.Parameters(), footprint.Parameters()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

Joules EstimateAnswer::energy() const {
  return std::visit([](const auto& held) { return held.energy.energy; }, estimate);
}

EstimateAnswer AnswerEstimate(LoadedModel model, const std::string& shown,
                              const EstimateRequest& request, const Predictor& predictor) {
  if (auto* language = std::get_if<LanguageModel>(&model)) {
    return AnswerGeneration(std::move(*language), request, predictor);
  }
  request.language.RefuseAny();
  Estimate estimate =
      EstimateModel(request.input.LayersOf(std::get<Graph>(std::move(model)), shown), predictor);
  estimate.footprint = request.footprint.Of(estimate.energy, estimate.time);
  std::vector<std::string> warnings = estimate.warnings;
  return {std::move(estimate), std::move(warnings)};
}

std::string AnswerJson(const EstimateAnswer& answer, const Profile& profile) {
  if (const auto* whole = std::get_if<GenerationEstimate>(&answer.estimate)) {
    return GenerationJson(*whole, profile);
  }
  return EstimateJson(std::get<Estimate>(answer.estimate), profile);
}

}  // namespace joulecast
