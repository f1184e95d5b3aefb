// SPDX-License-Identifier: Apache-2.0
#include "fit/unseen_sessions.h"

#include "base/statistics.h"
#include "fit/type_rows.h"
#include "joulecast/predict.h"

namespace joulecast {
namespace {

UnseenSession Examine(const LayerModel& model, const SourceRows& session,
                      const DeviceTraits& traits, double drift) {
  Profile profile{.traits = traits, .layers = {model}, .drift = drift};
  const Predictor predictor(profile);
  std::vector<double> measured;
  std::vector<double> forecast;
  std::vector<double> errors_percent;
  double inside = 0;
  for (const StatedRow& row : session.rows) {
    profile.traits.large_buffer_bytes = row.large_buffer_bytes;
    const EnergyForecast energy = predictor.Forecast(row.row->spec).energy;
    const Joules truth = row.row->energy;
    measured.push_back(truth.value());
    forecast.push_back(energy.energy.value());
    errors_percent.push_back(100 * (energy.energy / truth - 1));
    inside += energy.low <= truth && truth <= energy.high ? 1 : 0;
  }
  return {.type = std::string(model.type->name),
          .source = session.source,
          .rows = session.rows.size(),
          .mape_percent = Score(measured, forecast).mape_percent.value(),
          .median_error_percent = Median(errors_percent).value(),
          .inside = inside / static_cast<double>(session.rows.size())};
}

}  // namespace

std::vector<UnseenSession> ForecastUnseenSessions(const LayerFit& fit,
                                                  std::span<const Observation> reads,
                                                  const DeviceTraits& traits, double drift) {
  const LayerType& type = *fit.model.type;
  std::vector<UnseenSession> unseen;
  for (const SourceRows& session : fit.sources) {
    if (!IsJudged(type, session)) continue;
    if (!session.used) {
      unseen.push_back(Examine(fit.model, session, traits, drift));
      continue;
    }
    std::vector<StatedRow> others;
    for (const SourceRows& other : fit.sources) {
      if (&other == &session || !other.used) continue;
      others.insert(others.end(), other.rows.begin(), other.rows.end());
    }
    if (CountConfigurations(others) < 2 * FewestRows(type)) continue;
    const bool with_residual = fit.model.residual.has_value();
    unseen.push_back(Examine(FitStatedRows(type, others, reads, traits, with_residual).model,
                             session, traits, drift));
  }
  return unseen;
}

}  // namespace joulecast
