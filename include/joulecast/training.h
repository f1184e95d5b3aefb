// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "joulecast/estimate.h"

namespace joulecast {

/// How trained numbers are updated.
struct OptimizerKind {
  std::string_view name;    ///< as `--optimizer` takes it
  std::string_view title;   ///< for people
  std::int64_t states = 0;  ///< running means kept of each number
};

/// SGD with momentum first: what is meant where none is named.
std::span<const OptimizerKind> OptimizerCatalog();

enum class TrainingPhase { kForward, kBackward, kUpdate };
inline constexpr std::array kTrainingPhases = {TrainingPhase::kForward, TrainingPhase::kBackward,
                                               TrainingPhase::kUpdate};
std::string_view Name(TrainingPhase phase);

/// One training step as layers, in the order in which they run: the forward pass, gradients from
/// the last layer to the first, one update for each layer with weights.
struct TrainingStep {
  LayeredModel model;
  std::size_t first_backward = 0;
  std::size_t first_update = 0;

  TrainingPhase PhaseOf(std::size_t layer) const;
  Work WorkOf(TrainingPhase phase) const;
};

/// What PyTorch's autograd runs for the model: every layer with weights, or behind one, whose
/// result the model's outputs depend on; gradients that meet in one tensor are added up there.
/// `model` is what `graph` was resolved to. The loss is not part of a model and not counted.
/// Throws Error{kInput} if a layer's weights cannot be trained, or nothing can.
TrainingStep MakeTrainingStep(const Graph& graph, const LayeredModel& model,
                              const OptimizerKind& optimizer);

struct TrainingRequest {
  OptimizerKind optimizer = OptimizerCatalog()[0];
  std::optional<std::int64_t> dataset_size;  ///< samples of an epoch
  std::optional<std::int64_t> epochs;        ///< needs dataset_size
};

/// So many steps.
struct TrainingRun {
  std::int64_t steps = 0;
  EnergyForecast energy;
  Seconds time{0};
};

/// Energy and time of training. Errors of steps are common: intervals add up.
struct TrainingEstimate {
  TrainingRequest request;
  TrainingStep step;
  Estimate one;  ///< of one step, by the step's layers
  std::array<Joules, kTrainingPhases.size()> energy_of_phase{};
  std::optional<TrainingRun> epoch;    ///< the last step as whole as the others
  std::optional<TrainingRun> all;      ///< all epochs
  std::optional<Footprint> footprint;  ///< of the longest run that was asked for

  /// All epochs, one, or one step: whichever is the most that was asked for.
  TrainingRun Longest() const;
};

/// Throws Error{kUsage} for sizes that are not possible.
TrainingEstimate EstimateTraining(const Graph& graph, const LayeredModel& model,
                                  const TrainingRequest& request, const Predictor& predictor);

}  // namespace joulecast
