// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/torch_runnable.h"

namespace joulecast {
namespace {

class LayerRunnable : public TorchRunnable {
 public:
  LayerRunnable(const LayerSpec& spec, const TensorSource& source)
      : TorchRunnable(source.device()), name_(spec.ToString()) {
    const Twin& twin = TwinOf(spec.type());
    for (const Operand& operand : twin.operands(spec)) {
      operands_.push_back(source.Make(operand, TypeOf(spec)));
    }
    step_ = twin.make(spec, {.source = source, .output_shape = spec.OutputShape()});
  }

 private:
  Tensors Forward() override { return step_(operands_); }
  std::string Where() const override { return name_; }

  std::string name_;
  Tensors operands_;
  Step step_;
};

}  // namespace

std::unique_ptr<Runnable> MakeRunnable(const LayerSpec& spec, const TensorSource& source) {
  return std::make_unique<LayerRunnable>(spec, source);
}

}  // namespace joulecast
