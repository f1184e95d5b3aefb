// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <random>
#include <span>

#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {

/// Any value of one slot, small enough that windows often fit.
inline std::int64_t RandomValue(const Param& param, std::mt19937& random,
                                std::span<const DType> types) {
  const auto upto = [&](unsigned n) { return static_cast<std::int64_t>(random() % n); };
  switch (param.kind) {
    case ParamKind::kFlag:
      return upto(2);
    case ParamKind::kDType:
      return static_cast<std::int64_t>(types[random() % types.size()]);
    case ParamKind::kSize2d:
      return param.min + upto(12);
    case ParamKind::kStep2d:
    case ParamKind::kPadding:
      return param.min + upto(3);
    case ParamKind::kCount:
      break;
  }
  return param.min + upto(6);
}

/// Nullopt where chance broke one of the type's own rules.
inline std::optional<LayerSpec> RandomSpec(const LayerType& type, std::mt19937& random,
                                           std::span<const DType> types) {
  LayerSpec spec(type);
  std::size_t slot = 0;
  for (const Param& param : type.params) {
    for (std::size_t i = 0; i < Slots(param.kind); ++i) {
      spec.Set(slot++, RandomValue(param, random, types));
    }
  }
  try {
    spec.Validate();
  } catch (const Error&) {
    return std::nullopt;
  }
  return spec;
}

}  // namespace joulecast
