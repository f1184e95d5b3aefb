// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/app.h"
#include "joulecast/training.h"

namespace joulecast {

/// `--train`, `--optimizer`, `--dataset-size`, `--epochs`.
struct TrainingOptions {
  bool train = false;
  std::string optimizer;
  std::optional<std::int64_t> dataset_size;
  std::optional<std::int64_t> epochs;

  void AddTo(CLI::App& command);

  TrainingRequest Request() const;
};

}  // namespace joulecast
