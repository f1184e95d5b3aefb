// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "joulecast/report.h"
#include "report/comparison.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

Json ProfileJson(const Profile& profile) {
  const Provenance& from = profile.provenance;
  return {{"device", profile.device},
          {"title", profile.title},
          {"features_version", profile.features_version},
          {"fusion", Name(profile.fusion)},
          {"kind", from.kind},
          {"meter", from.meter},
          {"hardware", from.hardware},
          {"software", from.software},
          {"dataset", from.dataset},
          {"fitted_by", from.fitted_by},
          {"training_rows", from.training_rows},
          {"generic",
           {{"per_gmac_j", profile.generic_energy.per_gmac},
            {"per_gb_j", profile.generic_energy.per_gb}}}};
}

/// What `layers` and `estimate` have in common.
Json LayerJson(std::size_t index, const Layer& layer) {
  Json json = {
      {"index", index},
      {"name", layer.name},
      {"op", layer.op},
      {"type", layer.spec ? std::string(layer.spec->type().name) : "unknown"},
      {"spec", layer.spec ? Json(layer.spec->ToString()) : Json(nullptr)},
      {"macs", layer.spec ? Json(layer.work.macs) : Json(nullptr)},
      {"macs_with_bias", layer.spec ? Json(layer.work.macs + layer.work.bias_adds) : Json(nullptr)},
      {"params", layer.spec ? Json(layer.work.params) : Json(nullptr)},
      {"bytes", layer.work.bytes()}};
  if (layer.shares_weights) json["shares_weights"] = true;
  return json;
}

void AddTotals(Json& json, const Work& work) {
  json["macs"] = work.macs;
  json["macs_with_bias"] = work.macs + work.bias_adds;
  json["params"] = work.params;
  json["bytes"] = work.bytes();
}

void AddEnergy(Json& json, const EnergyForecast& energy) {
  json["energy_j"] = energy.energy.value();
  json["energy_j_low"] = energy.low.value();
  json["energy_j_high"] = energy.high.value();
}

Json AmountJson(const std::optional<FootprintAmount>& amount) {
  if (!amount) return nullptr;
  return {{"value", amount->value}, {"low", amount->low}, {"high", amount->high}};
}

/// What is not known, because nobody gave its inputs, is null.
Json FootprintJson(const Footprint& footprint, const char* key = "per_inference") {
  const FootprintOptions& options = footprint.options;
  return {{"gco2_per_kwh", OrNull<Json>(options.gco2_per_kwh)},
          {"intensity_source", options.intensity_source},
          {"pue", options.pue},
          {"price_per_kwh", OrNull<Json>(options.price_per_kwh)},
          {"embodied_kg", OrNull<Json>(options.embodied_kg)},
          {"lifetime_years", options.lifetime_years},
          {"inferences_per_year", OrNull<Json>(footprint.inferences_per_year())},
          {key,
           {{"facility_energy_j", AmountJson(footprint.facility_energy_j)},
            {"operational_gco2", AmountJson(footprint.operational_gco2)},
            {"embodied_gco2", OrNull<Json>(footprint.embodied_gco2)},
            {"sci_gco2", AmountJson(footprint.sci_gco2())},
            {"cost", AmountJson(footprint.cost)}}}};
}

Json EstimateHead(const Estimate& estimate, const Profile& profile) {
  Json json = {{"model", estimate.model},
               {"device", estimate.device},
               {"batch", estimate.batch},
               {"kind", "forecast"}};
  AddEnergy(json, estimate.energy);
  json["interval"] = profile.interval_level;
  json["time_s"] = estimate.time.count() > 0 ? Json(estimate.time.count()) : Json(nullptr);
  json["power_w"] = estimate.time.count() > 0 ? Json(estimate.mean_power().value()) : Json(nullptr);
  json["energy_j_per_sample"] =
      estimate.energy.energy.value() / static_cast<double>(estimate.batch);
  AddTotals(json, estimate.work);
  for (const Coverage coverage :
       {Coverage::kFitted, Coverage::kFallback, Coverage::kFree, Coverage::kUnknown}) {
    json["coverage"][std::string(Name(coverage))] =
        estimate.coverage_share[static_cast<std::size_t>(coverage)];
  }
  if (estimate.footprint) json["footprint"] = FootprintJson(*estimate.footprint);
  json["warnings"] = estimate.warnings;
  return json;
}

Json LayersOf(const Estimate& estimate) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < estimate.layers.size(); ++i) {
    const LayerEstimate& line = estimate.layers[i];
    Json layer = LayerJson(i, line.layer);
    AddEnergy(layer, line.forecast.energy);
    layer["time_s"] = estimate.time.count() > 0 ? Json(line.forecast.time.count()) : Json(nullptr);
    layer["share"] = line.share;
    layer["coverage"] = std::string(Name(line.forecast.coverage));
    layer["in_support"] = line.forecast.in_support;
    if (!line.note.empty()) layer["note"] = line.note;
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// So many steps; null if nobody asked for them.
Json RunJson(const std::optional<TrainingRun>& run) {
  if (!run) return nullptr;
  Json json = {{"steps", run->steps}};
  AddEnergy(json, run->energy);
  json["time_s"] = run->time.count() > 0 ? Json(run->time.count()) : Json(nullptr);
  return json;
}

Json EstimateBody(const Estimate& estimate, const Profile& profile) {
  Json json = EstimateHead(estimate, profile);
  json["profile"] = ProfileJson(profile);
  json["layers"] = LayersOf(estimate);
  return json;
}

/// One phase of a request: all its passes, and the layers of one of them.
Json PhaseJson(const PhaseEstimate& phase) {
  Json json = {{"passes", phase.passes}, {"tokens", phase.tokens}};
  AddEnergy(json, phase.energy);
  json["energy_j_per_token"] = phase.energy_per_token().value();
  json["time_s"] = phase.time.count() > 0 ? Json(phase.time.count()) : Json(nullptr);
  json["macs"] = phase.macs;
  json["layers_of_one_pass"] = LayersOf(phase.typical);
  return json;
}

}  // namespace

std::string EstimateJson(const Estimate& estimate, const Profile& profile) {
  return DumpJson(EstimateBody(estimate, profile));
}

std::string GenerationJson(const GenerationEstimate& estimate, const Profile& profile) {
  const GenerationRequest& request = estimate.request;
  Json json = {{"model", estimate.model},
               {"device", estimate.device},
               {"batch", request.batch},
               {"prompt_tokens", request.prompt},
               {"generated_tokens", request.generate},
               {"kind", "forecast"}};
  AddEnergy(json, estimate.energy);
  json["interval"] = profile.interval_level;
  json["time_s"] = estimate.time.count() > 0 ? Json(estimate.time.count()) : Json(nullptr);
  json["energy_j_per_generated_token"] =
      request.generate > 0 ? Json(estimate.energy_per_generated_token().value()) : Json(nullptr);
  json["params"] = estimate.params;
  json["kv_cache_bytes"] = estimate.kv_cache_bytes;
  json["prefill"] = PhaseJson(estimate.prefill);
  json["decode"] = estimate.decode ? PhaseJson(*estimate.decode) : Json(nullptr);
  if (estimate.footprint) json["footprint"] = FootprintJson(*estimate.footprint);
  json["warnings"] = estimate.warnings;
  json["profile"] = ProfileJson(profile);
  return DumpJson(json);
}

std::string TrainingJson(const TrainingEstimate& estimate, const Profile& profile) {
  const Estimate& one = estimate.one;
  Json json = EstimateHead(one, profile);
  json["optimizer"] = estimate.request.optimizer.name;
  json["phases"] = Json::object();
  for (const TrainingPhase phase : kTrainingPhases) {
    json["phases"][std::string(Name(phase))] = {
        {"energy_j", estimate.energy_of_phase[static_cast<std::size_t>(phase)].value()},
        {"macs", estimate.step.WorkOf(phase).macs},
        {"bytes", estimate.step.WorkOf(phase).bytes()}};
  }
  json["dataset_size"] = OrNull<Json>(estimate.request.dataset_size);
  json["epochs"] = OrNull<Json>(estimate.request.epochs);
  json["epoch"] = RunJson(estimate.epoch);
  json["training"] = RunJson(estimate.all);
  if (estimate.footprint) json["footprint"] = FootprintJson(*estimate.footprint, "of_all_steps");
  json["profile"] = ProfileJson(profile);
  json["layers"] = LayersOf(one);
  for (std::size_t i = 0; i < one.layers.size(); ++i) {
    json["layers"][i]["phase"] = Name(estimate.step.PhaseOf(i));
  }
  return DumpJson(json);
}

std::string LayersJson(const LayeredModel& model) {
  Json json = {{"model", model.name}, {"format", model.format}, {"batch", model.batch}};
  AddTotals(json, model.TotalWork());
  json["folded_nodes"] = model.folded_nodes;
  json["warnings"] = model.warnings;
  json["layers"] = Json::array();
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    Json layer = LayerJson(i, model.layers[i]);
    if (!model.layers[i].note.empty()) layer["note"] = model.layers[i].note;
    json["layers"].push_back(std::move(layer));
  }
  return DumpJson(json);
}

std::string CompareJson(const Comparison& comparison) {
  Json json = {{"kind", "forecast"}, {"profiles", Json::array()}, {"models", Json::array()}};
  for (const Profile& profile : comparison.profiles)
    json["profiles"].push_back(ProfileJson(profile));
  for (const ComparedEstimate& entry : comparison.entries) {
    Json model = EstimateHead(entry.estimate, comparison.profiles[entry.profile]);
    model["edp_js"] = OrNull<Json>(entry.edp_js());
    model["accuracy_percent"] = OrNull<Json>(entry.accuracy_percent);
    model["difference_j_per_sample"] = Json::object();
    for (const auto& [type, change] :
         Differences(comparison.entries.front().estimate, entry.estimate)) {
      model["difference_j_per_sample"][type] = change.value();
    }
    json["models"].push_back(std::move(model));
  }
  return DumpJson(json);
}

std::string ComparisonData(const Comparison& comparison) {
  Json json = {{"estimates", Json::array()}};
  for (const ComparedEstimate& entry : comparison.entries) {
    Json estimate = EstimateBody(entry.estimate, comparison.profiles[entry.profile]);
    estimate["accuracy_percent"] = OrNull<Json>(entry.accuracy_percent);
    json["estimates"].push_back(std::move(estimate));
  }
  return DumpJson(json);
}

std::string DevicesJson(std::span<const Profile> profiles) {
  Json json = {{"default", DefaultDevice()}, {"devices", Json::array()}};
  for (const Profile& profile : profiles) {
    Json device = ProfileJson(profile);
    device["layers"] = Json::object();
    for (const LayerModel& model : profile.layers) {
      device["layers"][std::string(model.type->name)] = {
          {"training_rows", model.training_rows}, {"cv_mape_percent", model.cv_mape_percent}};
    }
    json["devices"].push_back(std::move(device));
  }
  return DumpJson(json);
}

}  // namespace joulecast
