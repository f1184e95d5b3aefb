// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joulecast/generation.h"
#include "request/parameter.h"

namespace joulecast {

/// What may be asked of a language model.
struct LanguageRequest {
  std::optional<std::int64_t> prompt;
  std::optional<std::int64_t> generate;
  std::string phase;

  std::vector<Parameter> Parameters();

  /// The request with defaults where nothing was given: an encoder generates nothing.
  GenerationRequest RequestOf(const LanguageModel& model, std::optional<std::int64_t> batch) const;

  /// The pass that `phase` names; nullptr if it was not given. Throws Error{kUsage} if the
  /// request has no such pass.
  const Estimate* PassOf(const GenerationEstimate& estimate) const;

  /// For other models: throws Error{kUsage} if any was given.
  void RefuseAny() const;
};

}  // namespace joulecast
