// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023_layers.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace joulecast {
namespace {

std::int64_t OutputElements(const LayerSpec& spec) { return ElementCount(spec.OutputShape()); }

std::int64_t MacsAndBias(const LayerSpec& spec) {
  const Work work = spec.CountWork();
  return work.macs + work.bias_adds;
}

std::int64_t HalfTheTaps(const LayerSpec& spec) {
  const std::size_t kernel = spec.SlotOf("kernel");
  return spec[kernel] * spec[kernel + 1] * OutputElements(spec) / 2;
}

std::int64_t Nothing(const LayerSpec&) { return 0; }

/// A parameter under both names.
struct Pair {
  std::string_view theirs;
  std::string_view ours;
};

constexpr Pair kConv[] = {{"batch_size", "batch"},   {"in_channels", "in"},
                          {"out_channels", "out"},   {"image_size", "image"},
                          {"kernel_size", "kernel"}, {"stride", "stride"},
                          {"padding", "padding"}};
constexpr Pair kPool[] = {{"batch_size", "batch"}, {"in_channels", "channels"},
                          {"image_size", "image"}, {"kernel_size", "kernel"},
                          {"stride", "stride"},    {"padding", "padding"}};
constexpr Pair kLinear[] = {{"batch_size", "batch"}, {"input_size", "in"}, {"output_size", "out"}};
constexpr Pair kActivation[] = {{"batch_size", "batch"}, {"input_size", "elements"}};
constexpr Pair kSoftmax[] = {{"batch_size", "batch"}, {"input_size", "length"}};

/// Parameters of ours that the authors never varied: their layers have them at 1.
constexpr std::string_view kAlwaysOne[] = {"dilation", "groups", "inner"};

/// What the authors call a layer type, and how they count its multiply-accumulates.
struct Module {
  std::string_view name;
  std::string_view type;
  std::int64_t (*macs)(const LayerSpec&);
  std::span<const Pair> params;
};

constexpr Module kModules[] = {{"Conv2d", "conv2d", MacsAndBias, kConv},
                               {"MaxPool2d", "maxpool2d", HalfTheTaps, kPool},
                               {"Linear", "linear", MacsAndBias, kLinear},
                               {"ReLU", "relu", OutputElements, kActivation},
                               {"Sigmoid", "sigmoid", Nothing, kActivation},
                               {"Tanh", "tanh", Nothing, kActivation},
                               {"Softmax", "softmax", Nothing, kSoftmax},
                               {"AdaptiveAvgPool2d", "adaptiveavgpool2d", OutputElements, {}},
                               {"Dropout", "dropout", Nothing, {}}};

const Module* FindModule(std::string_view Module::*member, std::string_view name) {
  const auto* found = std::find_if(std::begin(kModules), std::end(kModules),
                                   [&](const Module& module) { return module.*member == name; });
  return found == std::end(kModules) ? nullptr : found;
}

const Param* FindParam(const LayerType& type, std::string_view name) {
  const auto found = std::find_if(type.params.begin(), type.params.end(),
                                  [&](const Param& param) { return param.name == name; });
  return found == type.params.end() ? nullptr : &*found;
}

/// The one number that a parameter has on every side; nullopt if the sides differ.
std::optional<std::int64_t> OneNumber(const LayerSpec& spec, std::string_view name) {
  const std::size_t slot = spec.SlotOf(name);
  for (std::size_t i = 1; i < Slots(FindParam(spec.type(), name)->kind); ++i) {
    if (spec[slot + i] != spec[slot]) return std::nullopt;
  }
  return spec[slot];
}

}  // namespace

std::optional<GetznerLayer> AsGetznerLayer(const LayerSpec& spec) {
  const Module* module = FindModule(&Module::type, spec.type().name);
  if (module == nullptr) return std::nullopt;
  GetznerLayer layer{.module = std::string(module->name), .macs = module->macs(spec)};
  for (const std::string_view name : kAlwaysOne) {
    if (FindParam(spec.type(), name) != nullptr && OneNumber(spec, name) != 1) return layer;
  }
  std::map<std::string, std::int64_t> params;
  for (const Pair& pair : module->params) {
    const auto value = OneNumber(spec, pair.ours);
    if (!value) return layer;
    params.emplace(pair.theirs, *value);
  }
  layer.params = std::move(params);
  return layer;
}

std::optional<std::string> SpecOfGetznerLayer(std::string_view name,
                                              const std::map<std::string, std::int64_t>& params) {
  const Module* module = FindModule(&Module::name, name);
  if (module == nullptr || module->params.empty()) return std::nullopt;
  std::string text(module->type);
  for (const Pair& pair : module->params) {
    const auto value = params.find(std::string(pair.theirs));
    if (value == params.end()) return std::nullopt;
    text += " " + std::string(pair.ours) + "=" + std::to_string(value->second);
  }
  return text;
}

}  // namespace joulecast
