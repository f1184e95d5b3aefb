// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "joulecast/estimate.h"
#include "predict/test_profile.h"

namespace joulecast {

/// For tests: a model of one layer of each evidence, all of the same name.
inline LayeredModel FourLayers(const std::string& name) {
  LayeredModel model{.name = name, .format = "test", .batch = 8, .warnings = {"of " + name}};
  for (const char* text : {kHandLayer, "relu batch=1 elements=1000000", "reshape elements=1000"}) {
    Layer layer{.name = name, .op = "Op", .spec = LayerSpec::Parse(text)};
    layer.work = layer.spec->CountWork();
    model.layers.push_back(std::move(layer));
  }
  model.layers.push_back({.name = name,
                          .op = "odd::" + name,
                          .note = "nobody knows " + name,
                          .work = {.input_bytes = 1'000'000}});
  return model;
}

inline Estimate EstimateOf(const std::string& name, const Profile& profile) {
  return EstimateModel(FourLayers(name), Predictor(profile));
}

/// Names as they turn up in files, and as they should not.
inline const std::vector<std::string> kOddNames = {
    "plain",
    "",
    std::string(500, 'x'),
    "ünïcödé/層/🙂",
    std::string("層層層層層層層層層層層層層層層層層層層層層層層層層層層層層層"),
    "not UTF-8: \xff\xfe\xc3",
    "control \x1b[31m \n \t \r end",
    "a,b;\"c\",'d'",
};

}  // namespace joulecast
