// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/training.h"

namespace joulecast {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

bool IsFloating(DType dtype) {
  constexpr DType kTypes[] = {DType::kF64, DType::kF32, DType::kF16, DType::kBF16};
  return std::find(std::begin(kTypes), std::end(kTypes), dtype) != std::end(kTypes);
}

DType TypeOf(const LayerSpec& spec) { return static_cast<DType>(spec[DTypeSlot(spec.type())]); }

Layer Made(const Layer& from, std::string name, LayerSpec spec) {
  spec.Validate();
  Layer layer{.name = std::move(name), .op = from.op, .node = from.node, .spec = std::move(spec)};
  layer.work = layer.spec->CountWork();
  layer.shape_assumed = from.shape_assumed;
  return layer;
}

/// A sum of `terms` tensors of so many elements, written over the first.
LayerSpec SumSpec(std::int64_t elements, std::int64_t terms, DType dtype) {
  LayerSpec spec(*FindLayerType("add"));
  return spec.Set(spec.SlotOf("out"), elements)
      .Set(spec.SlotOf("in"), CheckedProduct({terms, elements}))
      .Set(spec.SlotOf("inplace"), 1)
      .Set(spec.SlotOf("dtype"), static_cast<std::int64_t>(dtype));
}

/// Goes through a model twice: forth, for what depends on trained numbers, and back, with
/// gradients.
class Gradients {
 public:
  Gradients(const Graph& graph, const LayeredModel& model)
      : graph_(graph),
        model_(model),
        wanted_(graph.values.size(), false),
        arrived_(graph.values.size(), 0) {
    for (const Layer& layer : model.layers) Want(layer);
    for (const ValueId id : graph.outputs) Arrive(id);
  }

  std::vector<Layer> Backward() {
    for (auto layer = model_.layers.rbegin(); layer != model_.layers.rend(); ++layer) {
      if (AddUp(*layer)) GoBack(*layer);
    }
    return std::move(backward_);
  }

 private:
  const Node& NodeOf(const Layer& layer) const { return graph_.nodes[layer.node]; }

  bool IsWanted(ValueId id) const { return id != kNoValue && wanted_[Index(id)]; }

  bool AnyOperandWanted(const Layer& layer) const {
    const auto& inputs = NodeOf(layer).inputs;
    return std::any_of(inputs.begin(), inputs.end(), [&](ValueId id) { return IsWanted(id); });
  }

  static bool LetsThrough(const Layer& layer) {
    if (!layer.spec) return true;  // who knows
    const LayerType& type = layer.spec->type();
    return type.is_free || type.backward != nullptr || type.gradient_as != nullptr;
  }

  void Want(const Layer& layer) {
    if (!LetsThrough(layer) || !(layer.work.params > 0 || AnyOperandWanted(layer))) return;
    for (const ValueId id : NodeOf(layer).outputs) {
      if (id == kNoValue || !model_.tensors[Index(id)]) continue;
      wanted_[Index(id)] = IsFloating(model_.tensors[Index(id)]->dtype);
    }
  }

  void Arrive(ValueId id) {
    if (IsWanted(id)) ++arrived_[Index(id)];
  }

  /// Adds up what arrived at each of the layer's results; false if nothing did.
  bool AddUp(const Layer& layer) {
    bool any = false;
    for (const ValueId id : NodeOf(layer).outputs) {
      if (id == kNoValue || arrived_[Index(id)] == 0) continue;
      any = true;
      if (arrived_[Index(id)] == 1) continue;
      const TensorInfo& result = *model_.tensors[Index(id)];
      backward_.push_back(
          Made(layer, layer.name + " (gradients meet)",
               SumSpec(ElementCount(result.shape), arrived_[Index(id)], result.dtype)));
    }
    return any;
  }

  void GoBack(const Layer& layer) {
    const bool operands = AnyOperandWanted(layer);
    if (!operands && layer.work.params == 0) return;
    for (const ValueId id : NodeOf(layer).inputs) Arrive(id);
    if (!layer.spec) return AddUnknown(layer);
    if (auto spec = BackwardOf(layer, operands)) {
      Layer made = Made(layer, layer.name, *std::move(spec));
      if (made.work.bytes() > 0) backward_.push_back(std::move(made));  // else handed on as it is
    }
    if (layer.shares_weights && layer.work.params > 0) {
      backward_.push_back(Made(layer, layer.name + " (shared weights)",
                               SumSpec(layer.work.params, 2, TypeOf(*layer.spec))));
    }
  }

  std::optional<LayerSpec> BackwardOf(const Layer& layer, bool operands) const {
    const auto gradient_as = layer.spec->type().gradient_as;
    if (gradient_as != nullptr) {
      const auto& results = NodeOf(layer).outputs;
      const auto parts = std::count_if(results.begin(), results.end(), [&](ValueId id) {
        return id != kNoValue && arrived_[Index(id)] > 0;
      });
      return gradient_as(*layer.spec, OperandElements(layer), parts);
    }
    auto spec = layer.spec->InPass(LayerPass::kBackward);
    if (spec) spec->Set(spec->SlotOf("input_grad"), operands ? 1 : 0);
    return spec;
  }

  std::int64_t OperandElements(const Layer& layer) const {
    for (const ValueId id : NodeOf(layer).inputs) {
      if (IsWanted(id)) return ElementCount(model_.tensors[Index(id)]->shape);
    }
    return ElementCount(layer.spec->OutputShape());
  }

  /// As a function of all its operands, whose bytes are known.
  void AddUnknown(const Layer& layer) {
    Layer back = layer;
    back.work.input_bytes = CheckedSum({layer.work.input_bytes, layer.work.output_bytes});
    back.work.output_bytes = layer.work.input_bytes;
    back.work.weight_bytes = CheckedProduct({2, layer.work.weight_bytes});
    backward_.push_back(std::move(back));
  }

  const Graph& graph_;
  const LayeredModel& model_;
  std::vector<bool> wanted_;  ///< by value: floating, and depends on a trained number
  std::vector<int> arrived_;  ///< by value: gradients that came from its readers
  std::vector<Layer> backward_;
};

void CheckTrainable(const LayeredModel& model) {
  bool any = false;
  for (const Layer& layer : model.layers) {
    if (!layer.spec || layer.work.params == 0) continue;
    any = true;
    const LayerType& type = layer.spec->type();
    const bool trains = type.is_free || type.backward != nullptr || type.gradient_as != nullptr;
    if (trains && IsFloating(TypeOf(*layer.spec))) continue;
    throw Error(ErrorKind::kInput, Printable(model.name, 60) + ": the weights of '" +
                                       Printable(layer.name, 60) +
                                       "' are integers, which cannot be trained; give the model "
                                       "before it was quantised");
  }
  if (any) return;
  throw Error(ErrorKind::kInput, Printable(model.name, 60) +
                                     ": it has no weights that could be trained; if the file "
                                     "computes them from constants, export it for training");
}

Layer ForTraining(Layer layer) {
  layer.fuses_into.reset();  // training needs what fusion leaves out
  const auto spec = layer.spec ? layer.spec->InPass(LayerPass::kTraining) : std::nullopt;
  if (!spec) return layer;
  layer.spec = spec;
  layer.work = spec->CountWork();
  return layer;
}

}  // namespace

std::string_view Name(TrainingPhase phase) {
  switch (phase) {
    case TrainingPhase::kForward:
      return "forward";
    case TrainingPhase::kBackward:
      return "backward";
    case TrainingPhase::kUpdate:
      break;
  }
  return "update";
}

TrainingPhase TrainingStep::PhaseOf(std::size_t layer) const {
  return layer < first_backward ? TrainingPhase::kForward
         : layer < first_update ? TrainingPhase::kBackward
                                : TrainingPhase::kUpdate;
}

Work TrainingStep::WorkOf(TrainingPhase phase) const {
  LayeredModel part;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (PhaseOf(i) == phase) part.layers.push_back(model.layers[i]);
  }
  return part.TotalWork();
}

TrainingStep MakeTrainingStep(const Graph& graph, const LayeredModel& model,
                              const OptimizerKind& optimizer) {
  CheckTrainable(model);
  TrainingStep step;
  LayeredModel& made = step.model;
  made.name = model.name;
  made.format = model.format;
  made.batch = model.batch;
  made.folded_nodes = model.folded_nodes;
  made.warnings = model.warnings;
  for (const Layer& layer : model.layers) made.layers.push_back(ForTraining(layer));
  step.first_backward = made.layers.size();
  for (Layer& layer : Gradients(graph, model).Backward()) made.layers.push_back(std::move(layer));
  step.first_update = made.layers.size();
  for (const Layer& layer : model.layers) {
    if (!layer.spec || layer.work.params == 0 || layer.shares_weights) continue;
    LayerSpec update(*FindLayerType("optimizer"));
    update.Set(update.SlotOf("elements"), layer.work.params)
        .Set(update.SlotOf("states"), optimizer.states)
        .Set(update.SlotOf("dtype"), static_cast<std::int64_t>(TypeOf(*layer.spec)));
    made.layers.push_back(Made(layer, layer.name, update));
    if (layer.spec->type().is_free) {
      made.warnings.push_back("'" + Printable(layer.name, 60) +
                              "': what only training runs is not counted, but for the update of "
                              "its weights");
    }
  }
  return step;
}

}  // namespace joulecast
