// SPDX-License-Identifier: Apache-2.0
#include "joulecast/training.h"

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr OptimizerKind kOptimizers[] = {
    {"sgd", "SGD with momentum", 1},
    {"plain-sgd", "SGD without momentum", 0},
    {"adam", "Adam", 2},
    {"adamw", "AdamW", 2},
};

void Check(const TrainingRequest& request) {
  const auto refuse = [](const char* what) { throw Error(ErrorKind::kUsage, what); };
  if (request.dataset_size.value_or(1) < 1) refuse("a data set has at least 1 sample");
  if (request.epochs.value_or(1) < 1) refuse("training takes at least 1 epoch");
  if (request.epochs && !request.dataset_size) {
    refuse("--epochs needs --dataset-size: the samples of an epoch");
  }
}

TrainingRun Steps(const Estimate& one, std::int64_t steps) {
  const auto times = static_cast<double>(steps);
  const EnergyForecast& energy = one.energy;
  return {.steps = steps,
          .energy = {times * energy.energy, times * energy.low, times * energy.high},
          .time = times * one.time};
}

}  // namespace

std::span<const OptimizerKind> OptimizerCatalog() { return kOptimizers; }

TrainingRun TrainingEstimate::Longest() const {
  return all ? *all : epoch ? *epoch : Steps(one, 1);
}

TrainingEstimate EstimateTraining(const Graph& graph, const LayeredModel& model,
                                  const TrainingRequest& request, const Predictor& predictor) {
  Check(request);
  TrainingEstimate estimate{.request = request,
                            .step = MakeTrainingStep(graph, model, request.optimizer)};
  estimate.one = EstimateModel(estimate.step.model, predictor);
  for (std::size_t i = 0; i < estimate.one.layers.size(); ++i) {
    const auto phase = static_cast<std::size_t>(estimate.step.PhaseOf(i));
    estimate.energy_of_phase[phase] += estimate.one.layers[i].forecast.energy.energy;
  }
  if (request.dataset_size) {
    const std::int64_t steps = (*request.dataset_size + model.batch - 1) / model.batch;
    estimate.epoch = Steps(estimate.one, steps);
    if (request.epochs) {
      estimate.all = Steps(estimate.one, CheckedProduct({*request.epochs, steps}));
    }
  }
  return estimate;
}

}  // namespace joulecast
