// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joulecast/training.h"
#include "request/parameter.h"

namespace joulecast {

/// What may be asked of a training.
struct TrainRequest {
  bool train = false;  ///< a training step in place of an inference
  std::string optimizer;
  std::optional<std::int64_t> dataset_size;
  std::optional<std::int64_t> epochs;

  std::vector<Parameter> Parameters();

  TrainingRequest Asked() const;

  /// For an inference: throws Error{kUsage} if any was given.
  void RefuseAny() const;
};

}  // namespace joulecast
