// SPDX-License-Identifier: Apache-2.0
#include "request/estimate_request.h"

#include "joulecast/error.h"
#include "joulecast/report.h"

namespace joulecast {
namespace {

/// A training step, and as many as an epoch or the whole training takes.
EstimateAnswer AnswerTraining(const Graph& graph, const LayeredModel& model,
                              const EstimateRequest& request, const Predictor& predictor) {
  if (request.footprint.inferences_per_day) {
    throw Error(ErrorKind::kUsage,
                "--inferences-per-day does not go with --train: a training runs once");
  }
  TrainingEstimate estimate = EstimateTraining(graph, model, request.training.Asked(), predictor);
  const TrainingRun longest = estimate.Longest();
  estimate.footprint = request.footprint.Of(longest.energy, longest.time);
  std::vector<std::string> warnings = estimate.one.warnings;
  return {std::move(estimate), std::move(warnings)};
}

/// Trained on so many tokens of each of the batch's sequences as the prompt would have.
EstimateAnswer AnswerLanguageTraining(const LanguageModel& model, const EstimateRequest& request,
                                      const Predictor& predictor) {
  if (model.TrainingPass() == nullptr) {
    throw Error(ErrorKind::kUsage, model.family +
                                       ": a config.json does not say what an encoder-decoder model "
                                       "is trained to answer; export it to ONNX and train that");
  }
  if (request.language.generate || !request.language.phase.empty()) {
    throw Error(ErrorKind::kUsage,
                "--generate and --phase do not go with --train: tokens are given, --prompt says "
                "how many to a sequence");
  }
  Graph graph = *model.TrainingPass();
  request.input.SetType(graph);
  const GenerationRequest asked = request.language.RequestOf(model, request.input.batch);
  return AnswerTraining(graph, Resolve(graph, PromptBinding(graph, asked)), request, predictor);
}

EstimateAnswer AnswerGeneration(LanguageModel model, const EstimateRequest& request,
                                const Predictor& predictor) {
  if (!request.input.shapes.empty()) {
    throw Error(ErrorKind::kUsage, "--shape does not go with a language model; give --prompt");
  }
  if (request.training.train) return AnswerLanguageTraining(model, request, predictor);
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
  for (const auto& more : {language.Parameters(), training.Parameters(), footprint.Parameters()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

Joules EstimateAnswer::energy() const {
  if (const auto* training = std::get_if<TrainingEstimate>(&estimate)) {
    return training->Longest().energy.energy;
  }
  if (const auto* whole = std::get_if<GenerationEstimate>(&estimate)) return whole->energy.energy;
  return std::get<Estimate>(estimate).energy.energy;
}

EstimateAnswer AnswerEstimate(LoadedModel model, const std::string& shown,
                              const EstimateRequest& request, const Predictor& predictor) {
  if (!request.training.train) request.training.RefuseAny();
  if (auto* language = std::get_if<LanguageModel>(&model)) {
    return AnswerGeneration(std::move(*language), request, predictor);
  }
  request.language.RefuseAny();
  if (request.training.train) {
    const Graph& graph = std::get<Graph>(model);
    return AnswerTraining(graph, request.input.LayersOf(graph, shown), request, predictor);
  }
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
  if (const auto* training = std::get_if<TrainingEstimate>(&answer.estimate)) {
    return TrainingJson(*training, profile);
  }
  return EstimateJson(std::get<Estimate>(answer.estimate), profile);
}

}  // namespace joulecast
