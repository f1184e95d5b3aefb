// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backends/schedule.h"
#include "backends/torch/torch_runnable.h"

namespace joulecast {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

/// One layer of the net, ready to run. Values are numbered as in the graph.
struct NetStep {
  std::string name;
  Step step;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<ValueId> dead;
};

class NetRunnable : public TorchRunnable {
 public:
  NetRunnable(const Net& net, const TensorSource& source)
      : TorchRunnable(source.device()), name_(ToString(Subject(net))) {
    const Schedule schedule = MakeSchedule(net);
    values_.resize(net.graph.values.size());
    outputs_ = schedule.outputs;
    for (const ScheduledLayer& layer : schedule.layers) AddStep(net, layer, source);
    for (const ValueId id : schedule.inputs) MakeInput(net, schedule, id, source);
  }

 private:
  void AddStep(const Net& net, const ScheduledLayer& scheduled, const TensorSource& source) {
    std::vector<const TensorInfo*> inputs;
    for (const ValueId id : scheduled.node->inputs) {
      const bool known = id != kNoValue && net.model.tensors[Index(id)].has_value();
      inputs.push_back(known ? &*net.model.tensors[Index(id)] : nullptr);
    }
    const NodeView node(*scheduled.node, inputs, {});
    const LayerSpec& spec = *scheduled.layer->spec;
    Site site{.source = source, .output_shape = spec.OutputShape(), .node = &node};
    if (!scheduled.outputs.empty() && scheduled.outputs[0] != kNoValue) {
      site.output_shape = net.model.tensors[Index(scheduled.outputs[0])]->shape;
    }
    steps_.push_back({.name = scheduled.layer->name,
                      .step = TwinOf(spec.type()).make(spec, site),
                      .inputs = scheduled.inputs,
                      .outputs = scheduled.outputs,
                      .dead = scheduled.dead});
  }

  /// Integers (tokens, places in a table) fit the layer that reads them first, as far as that can
  /// run alone and so says what they are.
  static std::int64_t Below(const LayerSpec& spec, std::size_t place, std::int64_t otherwise) {
    try {
      const auto wanted = TwinOf(spec.type()).operands(spec);
      return place < wanted.size() ? wanted[place].below : otherwise;
    } catch (const Error&) {
      return otherwise;
    }
  }

  void MakeInput(const Net& net, const Schedule& schedule, ValueId id, const TensorSource& source) {
    const TensorInfo& input = *net.model.tensors[Index(id)];
    const DType dtype = input.dtype == DType::kUnknown ? DType::kF32 : input.dtype;
    Operand operand{.shape = input.shape, .dtype = dtype};
    for (const ScheduledLayer& layer : schedule.layers) {
      const auto place = std::find(layer.inputs.begin(), layer.inputs.end(), id);
      if (place == layer.inputs.end() || layer.layer->spec->type().is_free) continue;
      operand.below = Below(*layer.layer->spec,
                            static_cast<std::size_t>(place - layer.inputs.begin()), operand.below);
      break;
    }
    values_[Index(id)] = source.Make(operand, dtype);
  }

  Tensors Forward() override {
    for (const NetStep& step : steps_) {
      running_ = &step;
      operands_.clear();
      for (const ValueId id : step.inputs) operands_.push_back(values_[Index(id)]);
      Tensors results = step.step(operands_);
      operands_.clear();
      for (std::size_t i = 0; i < std::min(results.size(), step.outputs.size()); ++i) {
        if (step.outputs[i] != kNoValue) values_[Index(step.outputs[i])] = std::move(results[i]);
      }
      for (const ValueId id : step.dead) values_[Index(id)].reset();
    }
    Tensors outputs;
    for (const ValueId id : outputs_) outputs.push_back(values_[Index(id)]);
    return outputs;
  }

  std::string Where() const override {
    return running_ == nullptr ? name_ : name_ + ": layer '" + running_->name + "'";
  }

  std::string name_;
  std::vector<NetStep> steps_;
  std::vector<ValueId> outputs_;
  Tensors values_;    ///< those alive, by ValueId
  Tensors operands_;  ///< of the running step; kept for its memory
  const NetStep* running_ = nullptr;
};

}  // namespace

std::unique_ptr<Runnable> MakeRunnable(const Net& net, const TensorSource& source) {
  return std::make_unique<NetRunnable>(net, source);
}

}  // namespace joulecast
