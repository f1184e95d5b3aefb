// SPDX-License-Identifier: Apache-2.0
#include "cli/training_options.h"

#include <vector>

#include "base/text.h"

namespace joulecast {

void TrainingOptions::AddTo(CLI::App& command) {
  constexpr const char* kGroup = "Training";
  CLI::Option* const asked = command
                                 .add_flag("--train", train,
                                           "A training step in place of an inference: forward and\n"
                                           "backward pass and the update of all weights")
                                 ->group(kGroup);
  std::vector<std::string> names;
  for (const OptimizerKind& kind : OptimizerCatalog()) names.emplace_back(kind.name);
  command
      .add_option("--optimizer", optimizer,
                  "What updates the weights: " + Join(names, ", ") + "; the first if not given")
      ->type_name("NAME")
      ->check(CLI::IsMember(names))
      ->needs(asked)
      ->group(kGroup);
  CLI::Option* const samples =
      command
          .add_option("--dataset-size", dataset_size,
                      "Samples of an epoch, for the energy of one: 1281167 of ImageNet")
          ->type_name("N")
          ->needs(asked)
          ->group(kGroup);
  command.add_option("--epochs", epochs, "Epochs, for the energy of the whole training")
      ->type_name("N")
      ->needs(samples)
      ->group(kGroup);
}

TrainingRequest TrainingOptions::Request() const {
  TrainingRequest request{.dataset_size = dataset_size, .epochs = epochs};
  for (const OptimizerKind& kind : OptimizerCatalog()) {
    if (kind.name == optimizer) request.optimizer = kind;
  }
  return request;
}

}  // namespace joulecast
