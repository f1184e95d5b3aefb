// SPDX-License-Identifier: Apache-2.0
#include "fit/getzner2023_system.h"

#include <algorithm>

#include "fit/split.h"

namespace joulecast {
namespace {

/// Layer types that the paper counts as free.
constexpr std::string_view kFree[] = {"adaptiveavgpool2d", "dropout"};

constexpr std::size_t kFewestSamples = 3;

/// The training part of the published split.
std::vector<GetznerSample> TrainingPart(const std::vector<GetznerSample>& samples) {
  std::vector<GetznerSample> train;
  for (const std::size_t i : SplitShuffled(samples.size(), kGetznerSeed).train) {
    train.push_back(samples[i]);
  }
  return train;
}

bool HasWhatItNeeds(const GetznerRecipe& recipe, const GetznerSample& sample) {
  if (!recipe.params && !recipe.logs) return true;
  const auto names = GetznerParameters(recipe.layer);
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return sample.params.contains(std::string(name));
  });
}

const GetznerRecipe* RecipeOf(std::string_view layer) {
  const auto recipes = GetznerPredictors();
  const auto found = std::find_if(recipes.begin(), recipes.end(),
                                  [&](const GetznerRecipe& r) { return r.layer == layer; });
  return found == recipes.end() ? nullptr : &*found;
}

}  // namespace

GetznerSystem::GetznerSystem(std::span<const GetznerSample> samples) {
  std::map<std::string, std::vector<GetznerSample>> by_layer;
  for (const GetznerSample& sample : samples) by_layer[sample.layer].push_back(sample);
  for (const GetznerRecipe& recipe : GetznerPredictors()) {
    const auto own = by_layer.find(std::string(recipe.layer));
    if (own == by_layer.end() || own->second.size() < kFewestSamples) continue;
    predictors_.emplace(recipe.layer, GetznerPredictor(recipe, TrainingPart(own->second)));
  }
}

std::optional<double> GetznerSystem::Predict(const GetznerSample& layer) const {
  if (std::find(std::begin(kFree), std::end(kFree), layer.layer) != std::end(kFree)) return 0;
  const auto predictor = predictors_.find(layer.layer);
  if (predictor == predictors_.end()) return std::nullopt;
  if (!HasWhatItNeeds(*RecipeOf(layer.layer), layer)) return std::nullopt;
  return predictor->second.Predict({&layer, 1})[0];
}

}  // namespace joulecast
