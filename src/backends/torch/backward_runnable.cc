// SPDX-License-Identifier: Apache-2.0
// The backward pass alone. The forward pass runs once, as in training, when the layer is loaded;
// what it kept for its gradients stays, and each call computes all gradients from it anew: what
// autograd runs for this layer in a training step.
#include <torch/csrc/autograd/autograd.h>

#include "backends/torch/torch_runnable.h"

namespace joulecast {
namespace {

class BackwardRunnable : public TorchRunnable {
 public:
  BackwardRunnable(const LayerSpec& spec, const TensorSource& source)
      : TorchRunnable(source.device(), Recording::kGradients), name_(spec.ToString()) {
    const LayerSpec forward = spec.Forward();
    const Twin& twin = TwinOf(spec.type());
    const bool operands_too = spec.Get("input_grad") != 0;
    Tensors operands;
    for (const Operand& operand : twin.operands(forward)) {
      const bool wanted = operands_too && operand.gets_gradient;
      operands.push_back((wanted ? source.Noting(wanted_) : source).Make(operand, TypeOf(spec)));
    }
    const auto make = twin.make_for_training != nullptr ? twin.make_for_training : twin.make;
    const Step step =
        make(forward, {.source = source.Noting(wanted_), .output_shape = forward.OutputShape()});
    result_ = step(operands).at(0);
    if (!result_.requires_grad()) {
      throw Error(ErrorKind::kInput,
                  name_ + ": cannot run alone: what it computes has no gradient");
    }
    gradient_ = source.Make({.shape = ShapeOf(result_)}, TypeOf(spec)).to(result_.scalar_type());
  }

 private:
  Tensors Forward() override {
    Tensors gradients = torch::autograd::grad({result_}, wanted_, {gradient_},
                                              /*retain_graph=*/true, /*create_graph=*/false,
                                              /*allow_unused=*/true);
    std::erase_if(gradients, [](const at::Tensor& each) { return !each.defined(); });
    return gradients;
  }
  std::string Where() const override { return name_; }

  std::string name_;
  Tensors wanted_;  ///< operands, then weights
  at::Tensor result_;
  at::Tensor gradient_;  ///< of the result
};

}  // namespace

std::unique_ptr<Runnable> MakeBackwardRunnable(const LayerSpec& spec, const TensorSource& source) {
  return std::make_unique<BackwardRunnable>(spec, source);
}

}  // namespace joulecast
