// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/memory_state.h"
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
    const Site site{.source = source, .output_shape = spec.OutputShape()};
    for (auto sets = WeightSets(HeldWeightBytes(spec)); sets > 0; --sets) {
      steps_.push_back(twin.make(spec, site));
    }
  }

 private:
  Tensors Forward() override { return steps_[passes_++ % steps_.size()](operands_); }
  std::string Where() const override { return name_; }

  std::string name_;
  Tensors operands_;
  std::vector<Step> steps_;  ///< each with weights of its own
  std::size_t passes_ = 0;
};

}  // namespace

std::unique_ptr<Runnable> MakeRunnable(const LayerSpec& spec, const TensorSource& source) {
  return std::make_unique<LayerRunnable>(spec, source);
}

}  // namespace joulecast
