// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "joulecast/predict.h"
#include "predict/overlap.h"
#include "predict/residual.h"
#include "predict/support.h"

namespace joulecast {
namespace {

/// No interval says more than "within a factor of ten": past that nothing is known.
const double kWidestHalfWidth = std::log(10.0);

/// The lowest and the highest forecast of one layer in any page state.
struct Range {
  double low;
  double high;
};

EnergyForecast WithHalfWidth(double joules, double half_width, Range range) {
  const double factor = std::exp(std::min(half_width, kWidestHalfWidth));
  return {Joules(joules), Joules(range.low / factor), Joules(range.high * factor)};
}

EnergyForecast WithHalfWidth(double joules, double half_width) {
  return WithHalfWidth(joules, half_width, {joules, joules});
}

double GenericAmount(const GenericModel& model, const Work& work) {
  return model.per_gmac * 1e-9 * static_cast<double>(work.macs) +
         model.per_gb * 1e-9 * static_cast<double>(work.input_bytes + work.output_bytes) +
         model.per_gb_weights * 1e-9 * static_cast<double>(work.weight_bytes) + model.per_call;
}

struct Amounts {
  std::array<double, kMaxTerms> values;
  std::size_t count;
};

Amounts AmountsOf(const LayerSpec& spec, const DeviceTraits& traits) {
  Amounts amounts;
  amounts.count = spec.type().terms.size();
  spec.type().amounts(spec, traits, {amounts.values.data(), amounts.count});
  return amounts;
}

/// Turns amounts into joules (or seconds) of each term.
Amounts CostOfTerms(const LayerType& type, const TermModel& model, Amounts amounts) {
  for (std::size_t i = 0; i < amounts.count; ++i) amounts.values[i] *= model.coefficients[i];
  const OverlapFactors factors =
      FactorsOf(type.terms, {amounts.values.data(), amounts.count}, model.overlap_exponent);
  for (std::size_t i = 0; i < amounts.count; ++i) {
    amounts.values[i] *= factors.Of(type.terms[i]);
  }
  return amounts;
}

/// What the residual, if there is one, makes of costs of these energy terms.
Correction CorrectionOf(const LayerSpec& spec, const LayerModel& model, const Amounts& costs) {
  if (!model.residual) return {};
  std::array<double, kMaxFeatures> features;
  WriteFeatures(spec, {costs.values.data(), costs.count}, features);
  return CorrectionOf(*model.residual, {features.data(), FeatureCount(spec.type())});
}

double Sum(const Amounts& amounts) {
  return std::accumulate(amounts.values.begin(),
                         amounts.values.begin() + static_cast<std::ptrdiff_t>(amounts.count), 0.0);
}

Range OverPageStates(const LayerSpec& spec, const LayerModel& model, DeviceTraits traits,
                     double joules) {
  Range range{joules, joules};
  for (const double bytes : model.other_page_states) {
    traits.large_buffer_bytes = bytes;
    const Amounts costs = CostOfTerms(spec.type(), model.energy, AmountsOf(spec, traits));
    const double there = CorrectionOf(spec, model, costs).energy * Sum(costs);
    range = {std::min(range.low, there), std::max(range.high, there)};
  }
  return range;
}

/// A term that the layer has and that no layer measured here had; nullptr if there is none.
const Term* UnseenTerm(const LayerModel& model, const Amounts& amounts) {
  for (const std::size_t term : model.unseen_terms) {
    if (amounts.values[term] > 0) return &model.type->terms[term];
  }
  return nullptr;
}

bool HasCostlyForward(const LayerType& type) {
  return type.forward != nullptr && !type.forward->is_free;
}

/// Locally scaled: a forecast is as uncertain as the terms it consists of.
double HalfWidth(const IntervalModel& model, const Amounts& costs, double total,
                 const Distance& outside) {
  double mixed = 0;
  for (std::size_t i = 0; i < costs.count; ++i) mixed += model.uncertainty[i] * costs.values[i];
  const double local = total > 0 ? mixed / total : 0;
  return ScaleAt(model, outside) * std::max(local, model.floor);
}

}  // namespace

std::string_view Name(Coverage coverage) {
  switch (coverage) {
    case Coverage::kFitted:
      return "fitted";
    case Coverage::kFallback:
      return "fallback";
    case Coverage::kFree:
      return "free";
    case Coverage::kUnknown:
      break;
  }
  return "unknown";
}

Predictor::Predictor(const Profile& profile) : profile_(profile) {}

const LayerModel* Predictor::ModelOf(const LayerSpec& spec) const {
  const LayerModel* model = profile_.Find(spec.type());
  if (model == nullptr) return nullptr;
  const auto dtype = static_cast<DType>(spec[DTypeSlot(spec.type())]);
  const bool measured =
      std::find(model->dtypes.begin(), model->dtypes.end(), dtype) != model->dtypes.end();
  return measured ? model : nullptr;
}

LayerForecast Predictor::Forecast(const LayerSpec& spec) const {
  if (spec.type().is_free) {
    LayerForecast forecast;
    forecast.coverage = Coverage::kFree;
    forecast.in_support = true;
    return forecast;
  }
  const LayerModel* model = ModelOf(spec);
  if (model == nullptr) return ForecastUnmeasured(spec);
  const Amounts amounts = AmountsOf(spec, profile_.traits);
  const Amounts costs = CostOfTerms(spec.type(), model->energy, amounts);
  const Correction correction = CorrectionOf(spec, *model, costs);
  const double terms = Sum(costs);
  const double joules = correction.energy * terms;
  const Distance outside = DistanceOutside(spec, model->support);
  LayerForecast forecast;
  const double local = HalfWidth(model->interval, costs, terms, outside);
  forecast.energy = WithHalfWidth(joules, std::hypot(local, profile_.drift),
                                  OverPageStates(spec, *model, profile_.traits, joules));
  forecast.time = Seconds(correction.time * Sum(CostOfTerms(spec.type(), model->time, amounts)));
  forecast.coverage = Coverage::kFitted;
  forecast.in_support = outside.total() == 0;
  if (UnseenTerm(*model, amounts) != nullptr) {
    forecast.energy = WithHalfWidth(joules, kWidestHalfWidth);
    forecast.in_support = false;
  }
  return forecast;
}

std::string Predictor::Note(const LayerSpec& spec) const {
  if (spec.type().is_free) return "";
  const LayerModel* model = ModelOf(spec);
  if (model == nullptr) {
    const std::string why = WhyUnmeasured(spec);
    if (HasCostlyForward(spec.type())) return why + "; forecast from its forward pass";
    const auto relative = MeasuredRelative(spec);
    return relative ? why + "; forecast as " + relative->ToString() : why;
  }
  const Term* unseen = UnseenTerm(*model, AmountsOf(spec, profile_.traits));
  if (unseen == nullptr) return DescribeOutside(spec, model->support);
  const auto term = static_cast<std::size_t>(unseen - model->type->terms.data());
  return "no layer was measured that has '" + std::string(unseen->name) +
         "', so what that costs is " +
         (model->energy.coefficients[term] > 0 ? "taken from other types" : "not counted");
}

/// Why the device's own measurements do not say what the layer costs.
std::string Predictor::WhyUnmeasured(const LayerSpec& spec) const {
  if (profile_.layers.empty()) {
    return "the device was calibrated on whole models only: a single layer is less certain than "
           "the total";
  }
  if (profile_.Find(spec.type()) != nullptr) {
    return "element type " + std::string(Name(static_cast<DType>(spec[DTypeSlot(spec.type())]))) +
           " was not measured on the device";
  }
  if (spec.type().forward == nullptr) return "this layer type was not measured on the device";
  return "the " + std::string(Name(spec.type().pass)) +
         " pass of this layer type was not measured on the device";
}

/// The type that does this layer's work, where the device measured it.
std::optional<LayerSpec> Predictor::MeasuredRelative(const LayerSpec& spec) const {
  if (spec.type().relative == nullptr) return std::nullopt;
  auto relative = spec.type().relative(spec);
  return relative && ModelOf(*relative) != nullptr ? relative : std::nullopt;
}

/// As many times what the forward pass costs as the device's generic costs of both differ.
LayerForecast Predictor::ForecastFromForward(const LayerSpec& spec) const {
  const LayerSpec forward = spec.Forward();
  const LayerForecast like = Forecast(forward);
  const auto times = [&](const GenericModel& model) {
    const double once = GenericAmount(model, forward.CountWork());
    return once > 0 ? GenericAmount(model, spec.CountWork()) / once : 1;
  };
  LayerForecast forecast;
  forecast.coverage = Coverage::kFallback;
  forecast.energy = WithHalfWidth(times(profile_.generic_energy) * like.energy.energy.value(),
                                  profile_.generic_energy.half_width);
  forecast.time = times(profile_.generic_time) * like.time;
  return forecast;
}

LayerForecast Predictor::ForecastUnmeasured(const LayerSpec& spec) const {
  if (HasCostlyForward(spec.type())) return ForecastFromForward(spec);
  const auto relative = MeasuredRelative(spec);
  LayerForecast forecast = ForecastGeneric(spec.CountWork());
  if (!relative) return forecast;
  const LayerForecast like = Forecast(*relative);
  forecast.energy = WithHalfWidth(like.energy.energy.value(), profile_.generic_energy.half_width);
  forecast.time = like.time;
  return forecast;
}

LayerForecast Predictor::ForecastGeneric(const Work& work) const {
  LayerForecast forecast;
  forecast.energy = WithHalfWidth(GenericAmount(profile_.generic_energy, work),
                                  profile_.generic_energy.half_width);
  forecast.time = Seconds(GenericAmount(profile_.generic_time, work));
  forecast.coverage = Coverage::kFallback;
  return forecast;
}

LayerForecast Predictor::ForecastUnknown(const Work& work) const {
  LayerForecast forecast = ForecastGeneric(work);
  forecast.energy = WithHalfWidth(forecast.energy.energy.value(), kWidestHalfWidth);
  forecast.coverage = Coverage::kUnknown;
  return forecast;
}

std::vector<TermShare> Predictor::Explain(const LayerSpec& spec) const {
  std::vector<TermShare> shares;
  const LayerModel* model = spec.type().is_free ? nullptr : ModelOf(spec);
  if (model == nullptr) return shares;
  const Amounts costs = CostOfTerms(spec.type(), model->energy, AmountsOf(spec, profile_.traits));
  const double factor = CorrectionOf(spec, *model, costs).energy;
  for (std::size_t i = 0; i < costs.count; ++i) {
    shares.push_back({&spec.type().terms[i], Joules(factor * costs.values[i])});
  }
  return shares;
}

}  // namespace joulecast
