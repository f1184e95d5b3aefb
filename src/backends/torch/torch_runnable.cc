// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/torch_runnable.h"

#include <c10/core/InferenceMode.h>

#include <utility>

#include "backends/torch/device.h"

namespace joulecast {

Error TorchError(const std::string& what, const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  return Error(ErrorKind::kDevice, what + ": " + text.substr(0, text.find('\n')));
}

void TorchRunnable::Run() {
  const c10::InferenceMode guard(recording_ == Recording::kNone);
  try {
    Tensors results = Forward();
    output_shapes_.resize(results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      output_shapes_[i].assign(results[i].sizes().begin(), results[i].sizes().end());
    }
    Keep(std::move(results));
  } catch (const c10::Error& error) {
    throw TorchError(Where(), error);
  }
}

void TorchRunnable::Synchronize() {
  try {
    SynchronizeDevice(device_);
  } catch (const c10::Error& error) {
    throw TorchError(Where(), error);
  }
}

}  // namespace joulecast
