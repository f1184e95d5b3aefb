// SPDX-License-Identifier: Apache-2.0
#include "request/training_request.h"

#include "joulecast/error.h"

namespace joulecast {

std::vector<Parameter> TrainRequest::Parameters() {
  constexpr std::string_view kGroup = "Training";
  std::vector<std::string_view> optimizers;
  for (const OptimizerKind& kind : OptimizerCatalog()) optimizers.push_back(kind.name);
  return {{.name = "train",
           .value = "",
           .summary = "A training step in place of an inference: forward and\n"
                      "backward pass and the update of all weights",
           .target = &train,
           .group = kGroup},
          {.name = "optimizer",
           .value = "NAME",
           .summary = "What updates the weights; SGD with momentum if not given",
           .target = &optimizer,
           .choices = optimizers,
           .group = kGroup},
          {.name = "dataset_size",
           .value = "N",
           .summary = "Samples of an epoch, for the energy of one: 1281167 of ImageNet",
           .target = &dataset_size,
           .group = kGroup},
          {.name = "epochs",
           .value = "N",
           .summary = "Epochs, for the energy of the whole training",
           .target = &epochs,
           .group = kGroup}};
}

TrainingRequest TrainRequest::Asked() const {
  TrainingRequest request{.dataset_size = dataset_size, .epochs = epochs};
  for (const OptimizerKind& kind : OptimizerCatalog()) {
    if (kind.name == optimizer) request.optimizer = kind;
  }
  return request;
}

void TrainRequest::RefuseAny() const {
  if (optimizer.empty() && !dataset_size && !epochs) return;
  throw Error(ErrorKind::kUsage, "--optimizer, --dataset-size and --epochs go with --train");
}

}  // namespace joulecast
