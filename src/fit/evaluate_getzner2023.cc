// SPDX-License-Identifier: Apache-2.0
#include "fit/evaluate_getzner2023.h"

#include <algorithm>
#include <cmath>

#include "dataset/formats/getzner2023_layers.h"
#include "fit/getzner2023_system.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

std::optional<GetznerSample> AsGetznerSample(const LayerSpec& spec, Joules energy) {
  const auto layer = AsGetznerLayer(spec);
  if (!layer) return std::nullopt;
  return GetznerSample{.layer = std::string(spec.type().name),
                       .macs = static_cast<double>(layer->macs),
                       .params = layer->params,
                       .energy = energy};
}

GetznerSystem Train(const std::vector<Sample>& samples) {
  std::vector<GetznerSample> train;
  for (const Sample& sample : samples) {
    if (!sample.spec || !(sample.energy.value() > 0) || !std::isfinite(sample.energy.value())) {
      continue;
    }
    auto converted = AsGetznerSample(*sample.spec, sample.energy);
    if (!converted || converted->params.empty()) continue;
    train.push_back(std::move(*converted));
  }
  GetznerSystem system(train);
  const auto recipes = GetznerPredictors();
  if (std::none_of(recipes.begin(), recipes.end(),
                   [&](const GetznerRecipe& r) { return system.Knows(r.layer); })) {
    throw Error(ErrorKind::kInput,
                "the predictors of getzner2023 need random layers to train on, of types such as "
                "conv2d or linear; there are " +
                    std::to_string(train.size()) +
                    ": import some, or give another dataset with --train");
  }
  return system;
}

Forecast ForecastLayer(const GetznerSystem& system, const LayerSpec& spec) {
  const auto sample = AsGetznerSample(spec, Joules(0));
  const auto joules = sample ? system.Predict(*sample) : std::nullopt;
  if (joules) return SampleForecast{.energy = Joules(*joules)};
  const std::string type(spec.type().name);
  return NoForecast{sample && system.Knows(type)
                        ? "getzner2023 has no parameters for some layers of type " + type
                        : "getzner2023 has no predictor for " + type};
}

Forecast ForecastNetwork(const GetznerSystem& system, const Sample& sample) {
  const auto graph = BuildZooModel(sample.model);
  if (!graph) return NoForecast{"the zoo has no network '" + sample.model + "'"};
  double total = 0;
  for (const Layer& layer : Resolve(*graph, {.batch = sample.batch}).layers) {
    if (!layer.spec) return NoForecast{sample.model + " has an operator of no known type"};
    const Forecast part = ForecastLayer(system, *layer.spec);
    if (const auto* joules = std::get_if<SampleForecast>(&part)) {
      total += joules->energy.value();
    } else if (!layer.spec->type().is_free) {
      return NoForecast{sample.model + ": " + std::get<NoForecast>(part).why};
    }
  }
  return SampleForecast{.energy = Joules(total)};
}

}  // namespace

Evaluation EvaluateGetzner2023(const std::vector<Sample>& train,
                               const std::vector<Sample>& samples) {
  const GetznerSystem system = Train(train);
  Evaluation evaluation = EvaluateForecasts(samples, [&](const Sample& sample) {
    return sample.spec ? ForecastLayer(system, *sample.spec) : ForecastNetwork(system, sample);
  });
  evaluation.predictor = "getzner2023";
  return evaluation;
}

}  // namespace joulecast
