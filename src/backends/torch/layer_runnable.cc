// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "backends/schedule.h"
#include "backends/torch/memory_state.h"
#include "backends/torch/torch_runnable.h"

namespace joulecast {
namespace {

class LayerRunnable : public TorchRunnable {
 public:
  LayerRunnable(const LayerSpec& spec, const TensorSource& source)
      : TorchRunnable(source.device(), RecordingOf(spec)), name_(spec.ToString()) {
    const bool trains = RecordingOf(spec) == Recording::kGradients;
    const TensorSource tensors = trains ? source.Noting(trained_) : source;
    const LayerSpec forward = spec.Forward();
    const Twin& twin = TwinOf(spec.type());
    for (const Operand& operand : twin.operands(forward)) {
      operands_.push_back(tensors.Make(operand, TypeOf(spec)));
    }
    const auto make = trains ? twin.make_for_training : twin.make;
    const Site site{.source = tensors, .output_shape = forward.OutputShape()};
    for (auto sets = WeightSets(HeldWeightBytes(forward)); sets > 0; --sets) {
      steps_.push_back(make(forward, site));
    }
    // What gradients need of a pass would stay with its results.
    if (!trains) kept_.resize(static_cast<std::size_t>(ResultSets(ResultBytes(spec)) - 1));
  }

  /// A pass in training is told apart only where it does more.
  static Recording RecordingOf(const LayerSpec& spec) {
    return spec.type().pass == LayerPass::kTraining ? Recording::kGradients : Recording::kNone;
  }

 private:
  Tensors Forward() override { return steps_[passes_++ % steps_.size()](operands_); }
  void Keep(Tensors results) override {
    if (!kept_.empty()) kept_[passes_ % kept_.size()] = std::move(results);
  }
  std::string Where() const override { return name_; }

  std::string name_;
  Tensors trained_;  ///< that autograd follows
  Tensors operands_;
  std::vector<Step> steps_;    ///< each with weights of its own
  std::vector<Tensors> kept_;  ///< results of the latest passes
  std::size_t passes_ = 0;
};

}  // namespace

std::unique_ptr<Runnable> MakeRunnable(const LayerSpec& spec, const TensorSource& source) {
  if (spec.type().pass == LayerPass::kBackward) return MakeBackwardRunnable(spec, source);
  return std::make_unique<LayerRunnable>(spec, source);
}

}  // namespace joulecast
