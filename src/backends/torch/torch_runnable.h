// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/util/Exception.h>

#include <memory>
#include <string>

#include "backends/backend.h"
#include "backends/torch/twin.h"
#include "joulecast/error.h"

namespace joulecast {

/// What PyTorch complains of, in one line, without its stack.
Error TorchError(const std::string& what, const c10::Error& error);

/// Whether a workload notes what gradients need, or nothing (PyTorch's inference mode).
enum class Recording { kNone, kGradients };

/// What all kinds of workload share: the mode that they run in, errors, shapes.
class TorchRunnable : public Runnable {
 public:
  explicit TorchRunnable(at::Device device, Recording recording = Recording::kNone)
      : device_(device), recording_(recording) {}

  void Run() final;
  void Synchronize() final;
  const std::vector<Shape>& output_shapes() const final { return output_shapes_; }

 private:
  virtual Tensors Forward() = 0;
  virtual void Keep(Tensors /*results*/) {}  ///< what a call has computed; dropped if not kept
  virtual std::string Where() const = 0;     ///< what is running, for errors

  at::Device device_;
  Recording recording_;
  std::vector<Shape> output_shapes_;
};

/// One kind of workload each, on the device of `source`.
std::unique_ptr<Runnable> MakeRunnable(const LayerSpec& spec, const TensorSource& source);
/// The gradients alone, of a layer whose forward pass is run once, here.
std::unique_ptr<Runnable> MakeBackwardRunnable(const LayerSpec& spec, const TensorSource& source);
std::unique_ptr<Runnable> MakeRunnable(const Net& net, const TensorSource& source);
std::unique_ptr<Runnable> MakeRunnable(const ScriptFile& file, const TensorSource& source);

}  // namespace joulecast
