// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "joulecast/error.h"
#include "joulecast/estimate.h"
#include "joulecast/joulecast.h"
#include "joulecast/model.h"
#include "joulecast/report.h"
#include "joulecast/version.h"

struct jc_device {
  joulecast::Profile profile;
};

struct jc_model {
  joulecast::Graph graph;
  joulecast::InputBinding binding;
};

struct jc_estimate {
  joulecast::Estimate estimate;
  std::string json;
  std::vector<std::string> specs;  ///< one per layer; empty for what is not known
};

namespace {

using joulecast::Error;
using joulecast::ErrorKind;

/// Of the calling thread. Cut, where it would have to be allocated and cannot be.
std::string& LastError() {
  thread_local std::string text;
  return text;
}

jc_status Fail(jc_status status, const char* why) noexcept {
  try {
    LastError() = why;
  } catch (const std::bad_alloc&) {
    LastError().clear();
  }
  return status;
}

jc_status StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return JC_USAGE;
    case ErrorKind::kInput:
      return JC_INPUT;
    case ErrorKind::kDevice:
      return JC_DEVICE;
    case ErrorKind::kPermission:
      break;
  }
  return JC_PERMISSION;
}

/// Runs what may throw; nothing is thrown past here.
template <typename Task>
jc_status Guarded(Task task) noexcept {
  try {
    task();
    return JC_OK;
  } catch (const Error& error) {
    return Fail(StatusOf(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    return Fail(JC_MEMORY, "out of memory; the input asks for more than this machine has");
  } catch (const std::exception& error) {
    return Fail(JC_INTERNAL, error.what());
  } catch (...) {
    return Fail(JC_INTERNAL, "an unexpected failure, please report it");
  }
}

void Require(const void* argument, const char* name) {
  if (argument != nullptr) return;
  throw Error(ErrorKind::kUsage, std::string("the argument '") + name + "' is NULL");
}

std::unique_ptr<jc_estimate> Finish(joulecast::Estimate estimate,
                                    const joulecast::Profile& profile) {
  auto result = std::make_unique<jc_estimate>();
  result->json = joulecast::EstimateJson(estimate, profile);
  for (const auto& line : estimate.layers) {
    result->specs.push_back(line.layer.spec ? line.layer.spec->ToString() : "");
  }
  result->estimate = std::move(estimate);
  return result;
}

const joulecast::LayerEstimate* LayerOf(const jc_estimate* estimate, size_t layer) {
  const auto& layers = estimate->estimate.layers;
  return layer < layers.size() ? &layers[layer] : nullptr;
}

}  // namespace

const char* jc_version() { return joulecast::Version().data(); }

int jc_features_version() { return joulecast::kFeaturesVersion; }

const char* jc_last_error() { return LastError().c_str(); }

jc_status jc_device_open(const char* name_or_path, jc_device** device) {
  return Guarded([&] {
    Require(device, "device");
    auto opened = std::make_unique<jc_device>();
    opened->profile =
        joulecast::LoadProfile(name_or_path != nullptr ? name_or_path : joulecast::DefaultDevice());
    *device = opened.release();
  });
}

void jc_device_close(jc_device* device) { delete device; }

const char* jc_device_name(const jc_device* device) { return device->profile.device.c_str(); }

jc_status jc_model_load(const char* name_or_path, jc_model** model) {
  return Guarded([&] {
    Require(name_or_path, "name_or_path");
    Require(model, "model");
    auto loaded = std::make_unique<jc_model>();
    loaded->graph = joulecast::LoadModel(name_or_path);
    *model = loaded.release();
  });
}

void jc_model_close(jc_model* model) { delete model; }

jc_status jc_model_set_batch(jc_model* model, int64_t batch) {
  return Guarded([&] {
    Require(model, "model");
    model->binding.batch = batch;
  });
}

jc_status jc_model_bind(jc_model* model, const char* name, const int64_t* extents, size_t rank) {
  return Guarded([&] {
    Require(model, "model");
    Require(name, "name");
    if (rank > 0) Require(extents, "extents");
    model->binding.shapes[name] = joulecast::Shape(extents, extents + rank);
  });
}

jc_status jc_estimate_model(const jc_device* device, const jc_model* model,
                            jc_estimate** estimate) {
  return Guarded([&] {
    Require(device, "device");
    Require(model, "model");
    Require(estimate, "estimate");
    const joulecast::Predictor predictor(device->profile);
    const auto layers = joulecast::Resolve(model->graph, model->binding);
    *estimate = Finish(joulecast::EstimateModel(layers, predictor), device->profile).release();
  });
}

jc_status jc_estimate_layers(const jc_device* device, const char* const* specs, size_t count,
                             jc_estimate** estimate) {
  return Guarded([&] {
    Require(device, "device");
    Require(specs, "specs");
    Require(estimate, "estimate");
    std::vector<joulecast::LayerSpec> layers;
    for (size_t i = 0; i < count; ++i) {
      Require(specs[i], "specs");
      layers.push_back(joulecast::LayerSpec::Parse(specs[i]));
    }
    const joulecast::Predictor predictor(device->profile);
    *estimate =
        Finish(joulecast::EstimateLayers("layers", layers, predictor), device->profile).release();
  });
}

void jc_estimate_close(jc_estimate* estimate) { delete estimate; }

double jc_energy_j(const jc_estimate* estimate) { return estimate->estimate.energy.energy.value(); }

double jc_energy_j_low(const jc_estimate* estimate) {
  return estimate->estimate.energy.low.value();
}

double jc_energy_j_high(const jc_estimate* estimate) {
  return estimate->estimate.energy.high.value();
}

double jc_time_s(const jc_estimate* estimate) { return estimate->estimate.time.count(); }

int64_t jc_batch(const jc_estimate* estimate) { return estimate->estimate.batch; }

int64_t jc_macs(const jc_estimate* estimate) { return estimate->estimate.work.macs; }

int64_t jc_params(const jc_estimate* estimate) { return estimate->estimate.work.params; }

double jc_coverage_share(const jc_estimate* estimate, jc_coverage coverage) {
  const auto& shares = estimate->estimate.coverage_share;
  const auto at = static_cast<std::size_t>(coverage);
  return at < shares.size() ? shares[at] : std::nan("");
}

const char* jc_json(const jc_estimate* estimate) { return estimate->json.c_str(); }

size_t jc_layer_count(const jc_estimate* estimate) { return estimate->estimate.layers.size(); }

const char* jc_layer_name(const jc_estimate* estimate, size_t layer) {
  const auto* line = LayerOf(estimate, layer);
  return line != nullptr ? line->layer.name.c_str() : nullptr;
}

const char* jc_layer_spec(const jc_estimate* estimate, size_t layer) {
  if (layer >= estimate->specs.size() || estimate->specs[layer].empty()) return nullptr;
  return estimate->specs[layer].c_str();
}

double jc_layer_energy_j(const jc_estimate* estimate, size_t layer) {
  const auto* line = LayerOf(estimate, layer);
  return line != nullptr ? line->forecast.energy.energy.value() : std::nan("");
}

double jc_layer_time_s(const jc_estimate* estimate, size_t layer) {
  const auto* line = LayerOf(estimate, layer);
  return line != nullptr ? line->forecast.time.count() : std::nan("");
}

int64_t jc_layer_macs(const jc_estimate* estimate, size_t layer) {
  const auto* line = LayerOf(estimate, layer);
  return line != nullptr ? line->layer.work.macs : -1;
}

jc_coverage jc_layer_coverage(const jc_estimate* estimate, size_t layer) {
  const auto* line = LayerOf(estimate, layer);
  return line != nullptr ? static_cast<jc_coverage>(line->forecast.coverage) : JC_UNKNOWN;
}
