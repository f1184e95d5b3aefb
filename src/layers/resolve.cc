// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "base/checked.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "layers/fold.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

/// Shapes of what the caller feeds, with every name bound to a number.
class InputShapes {
 public:
  InputShapes(const Graph& graph, const InputBinding& binding) : graph_(graph), binding_(binding) {
    if (binding.batch && *binding.batch < 1) {
      throw Error(ErrorKind::kUsage,
                  "batch " + std::to_string(*binding.batch) + " is not possible; it starts at 1");
    }
    for (const ValueId id : graph.inputs) FindBakedBatch(graph.values[Index(id)]);
    batch_ = ChooseBatch();
    for (const ValueId id : graph.inputs) LearnSymbols(graph.values[Index(id)]);
    CheckEveryBindingIsUsed();
  }

  std::int64_t batch() const { return batch_; }
  std::int64_t baked_batch() const { return baked_batch_; }

  Shape Of(const Value& input) const {
    const std::string name = Printable(input.name, 60);
    if (const auto given = binding_.shapes.find(input.name); given != binding_.shapes.end()) {
      if (input.declared && input.declared->size() != given->second.size()) {
        throw Error(ErrorKind::kUsage, "--shape " + name + "=" + ToString(given->second) +
                                           " does not fit: the input has " +
                                           std::to_string(input.declared->size()) + " dimensions");
      }
      return given->second;
    }
    if (!input.declared) {
      throw Error(ErrorKind::kUsage, "the file gives no shape for the input '" + name +
                                         "'; give it with --shape " + name + "=1x3x224x224");
    }
    Shape shape;
    for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
      shape.push_back(Extent(input, axis));
    }
    return shape;
  }

  /// The declared shape of any value under the same bindings, if it is complete.
  std::optional<Shape> Declared(const Value& value) const {
    if (!value.declared) return std::nullopt;
    Shape shape;
    for (const Dim& dim : *value.declared) {
      const auto bound = dim.size ? dim.size : Symbol(dim.symbol);
      if (!bound || *bound < 0) return std::nullopt;
      shape.push_back(*bound);
    }
    return shape;
  }

 private:
  static std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

  void FindBakedBatch(const Value& input) {
    if (baked_batch_ != 0 || !input.declared || input.declared->empty()) return;
    baked_batch_ = input.declared->front().size.value_or(0);
  }

  /// What --shape gives as the leading extent of the first input, whole or by its symbol.
  const std::pair<const std::string, Shape>* GivenBatch() const {
    if (graph_.inputs.empty()) return nullptr;
    const Value& input = graph_.values[Index(graph_.inputs.front())];
    auto given = binding_.shapes.find(input.name);
    if (given == binding_.shapes.end() && input.declared && !input.declared->empty()) {
      given = binding_.shapes.find(input.declared->front().symbol);
    }
    return given == binding_.shapes.end() || given->second.empty() ? nullptr : &*given;
  }

  std::int64_t ChooseBatch() const {
    const auto* given = GivenBatch();
    if (given == nullptr) return binding_.batch.value_or(baked_batch_ > 0 ? baked_batch_ : 1);
    const std::int64_t batch = given->second.front();
    if (binding_.batch && *binding_.batch != batch) {
      throw Error(ErrorKind::kUsage, "--batch " + std::to_string(*binding_.batch) +
                                         " contradicts --shape " + Printable(given->first, 60) +
                                         "=" + ToString(given->second) +
                                         "; give the same batch in both, or leave one out");
    }
    return batch;
  }

  std::optional<std::int64_t> Symbol(const std::string& symbol) const {
    if (symbol.empty()) return std::nullopt;
    const auto found = symbols_.find(symbol);
    return found == symbols_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Symbols come from --shape SYMBOL=n, from --shape INPUT=..., and the leading one is the batch.
  void LearnSymbols(const Value& input) {
    if (!input.declared) return;
    const auto given = binding_.shapes.find(input.name);
    for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
      const Dim& dim = (*input.declared)[axis];
      if (dim.size || dim.symbol.empty()) continue;
      if (given != binding_.shapes.end() && axis < given->second.size()) {
        symbols_.emplace(dim.symbol, given->second[axis]);
      } else if (const auto by_name = binding_.shapes.find(dim.symbol);
                 by_name != binding_.shapes.end() && by_name->second.size() == 1) {
        symbols_.emplace(dim.symbol, by_name->second[0]);
      } else if (axis == 0) {
        symbols_.emplace(dim.symbol, batch_);
      }
    }
  }

  std::int64_t Extent(const Value& input, std::size_t axis) const {
    const Dim& dim = (*input.declared)[axis];
    if (dim.size) {
      const bool is_batch = axis == 0 && *dim.size == baked_batch_;
      return is_batch ? batch_ : *dim.size;
    }
    if (const auto bound = Symbol(dim.symbol)) return *bound;
    if (axis == 0) return batch_;
    const std::string name = Printable(input.name, 60);
    const std::string symbol = Printable(dim.symbol, 60);
    throw Error(
        ErrorKind::kUsage,
        "dimension " + std::to_string(axis) + (symbol.empty() ? "" : " ('" + symbol + "')") +
            " of the input '" + name + "' is unbound; bind it with --shape " +
            (symbol.empty() ? "" : symbol + "=N or --shape ") + name + "=" + Template(input, axis));
  }

  /// "1x3xNxN": what is known of an input's shape, N for the rest.
  std::string Template(const Value& input, std::size_t unbound) const {
    std::string text;
    for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
      const Dim& dim = (*input.declared)[axis];
      const auto known = dim.size ? dim.size : Symbol(dim.symbol);
      const bool is_open = axis >= unbound && !known;
      text += (axis == 0 ? "" : "x") + (is_open ? "N" : std::to_string(known.value_or(batch_)));
    }
    return text;
  }

  void CheckEveryBindingIsUsed() const {
    for (const auto& [name, shape] : binding_.shapes) {
      std::vector<std::string> known;
      bool used = symbols_.contains(name) && shape.size() == 1;
      for (const ValueId id : graph_.inputs) {
        const Value& input = graph_.values[Index(id)];
        known.push_back(Printable(input.name, 60));
        used = used || input.name == name;
      }
      if (!used) {
        throw Error(ErrorKind::kUsage, "--shape " + Printable(name, 60) +
                                           ": the model has no such input; it has " +
                                           Join(known, ", "));
      }
      for (const std::int64_t extent : shape) {
        if (extent < 1) {
          throw Error(ErrorKind::kUsage, "--shape " + Printable(name, 60) + "=" + ToString(shape) +
                                             ": every extent starts at 1");
        }
      }
    }
  }

  const Graph& graph_;
  const InputBinding& binding_;
  std::int64_t baked_batch_ = 0;
  std::int64_t batch_ = 1;
  std::map<std::string, std::int64_t> symbols_;
};

/// Walks the nodes in order, keeping what is known of every tensor.
class Resolver {
 public:
  Resolver(const Graph& graph, const InputBinding& binding)
      : graph_(graph),
        inputs_(graph, binding),
        tensors_(graph.values.size()),
        root_(graph.values.size()),
        assumed_(graph.values.size(), false),
        rectified_(graph.values.size(), false),
        readers_(graph.values.size(), 0) {
    for (const Node& node : graph.nodes) {
      for (const ValueId id : node.inputs) {
        if (id != kNoValue) ++readers_[Index(id)];
      }
    }
    for (const ValueId id : graph.outputs) ++readers_[Index(id)];
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      root_[i] = static_cast<ValueId>(i);
      const Value& value = graph.values[i];
      if (value.is_constant) tensors_[i] = ConstantTensor(value);
    }
    for (const ValueId id : graph.inputs) {
      const Value& value = graph.values[Index(id)];
      ++readers_[Index(id)];  // the caller keeps what it feeds
      tensors_[Index(id)] = TensorInfo{.dtype = value.dtype, .shape = inputs_.Of(value)};
      ElementCount(tensors_[Index(id)]->shape);
    }
  }

  LayeredModel Run() {
    model_.name = graph_.name;
    model_.format = graph_.format;
    model_.batch = inputs_.batch();
    for (const Node& node : graph_.nodes) Visit(node);
    if (model_.layers.empty()) {
      throw Error(ErrorKind::kInput, "the model '" + Printable(graph_.name, 60) +
                                         "' has no operation that depends on its inputs");
    }
    model_.tensors = std::move(tensors_);
    return std::move(model_);
  }

 private:
  static std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

  std::size_t PlaceOf(const Node& node) const {
    return static_cast<std::size_t>(&node - graph_.nodes.data());
  }

  static TensorInfo ConstantTensor(const Value& value) {
    TensorInfo tensor{.dtype = value.dtype, .is_constant = true, .constant = value.constant};
    if (value.declared) {
      for (const Dim& dim : *value.declared) tensor.shape.push_back(dim.size.value_or(0));
    }
    return tensor;
  }

  static std::int64_t TensorBytes(const TensorInfo& tensor) {
    return BytesOf(ElementCount(tensor.shape), static_cast<std::int64_t>(tensor.dtype));
  }

  void Visit(const Node& node) {
    std::vector<const TensorInfo*> inputs;
    bool all_constant = true;
    bool any_assumed = false;
    for (const ValueId id : node.inputs) {
      const bool known = id != kNoValue && tensors_[Index(id)].has_value();
      inputs.push_back(known ? &*tensors_[Index(id)] : nullptr);
      if (id == kNoValue) continue;
      all_constant = all_constant && known && inputs.back()->is_constant;
      any_assumed = any_assumed || assumed_[Index(id)];
    }
    NodeView::Context context{.baked_batch = inputs_.baked_batch(), .batch = inputs_.batch()};
    if (!node.inputs.empty() && node.inputs[0] != kNoValue) {
      context.input_is_rectified = rectified_[Index(node.inputs[0])];
      context.input_is_dead =
          readers_[Index(node.inputs[0])] == 1 && inputs[0] != nullptr && !inputs[0]->is_constant;
    }
    const NodeView view(node, inputs, context);

    if (node.domain.empty()) {
      if (auto folded = Fold(view)) return Store(node, {*std::move(folded)});
    }
    std::string why = "no layer type reads this operator";
    std::optional<Lowered> lowered;
    try {
      lowered = Lower(view);
    } catch (const Error& error) {
      if (!any_assumed) throw;
      why = std::string("its input shape was assumed, and then: ") + error.what();
    }
    if (all_constant && lowered) {
      for (TensorInfo& output : lowered->outputs) output.is_constant = true;
      // A view of a constant stands for the same weights.
      if (lowered->spec.type().is_free)
        root_[Index(node.outputs[0])] = root_[Index(node.inputs[0])];
      return Store(node, std::move(lowered->outputs));
    }
    if (lowered) {
      AddKnown(node, *std::move(lowered), any_assumed, context.input_is_rectified);
    } else {
      AddUnknown(node, inputs, why);
    }
  }

  static std::optional<Lowered> Lower(const NodeView& view) {
    for (const LayerType* type : LayerCatalog()) {
      const bool reads =
          std::find(type->ops.begin(), type->ops.end(), view.op()) != type->ops.end();
      const bool ours = view.node().domain.empty() || view.node().domain == "joulecast";
      if (!reads || !ours) continue;
      if (auto lowered = type->lower(view)) return lowered;
    }
    return std::nullopt;
  }

  void Store(const Node& node, std::vector<TensorInfo> outputs) {
    const bool constant = std::all_of(outputs.begin(), outputs.end(),
                                      [](const TensorInfo& tensor) { return tensor.is_constant; });
    if (constant) ++model_.folded_nodes;
    for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) tensors_[Index(node.outputs[i])] = std::move(outputs[i]);
    }
  }

  void AddKnown(const Node& node, Lowered lowered, bool assumed, bool from_relu) {
    Layer layer{.name = node.name,
                .op = node.op,
                .node = PlaceOf(node),
                .spec = std::move(lowered.spec),
                .shape_assumed = assumed};
    layer.work = layer.spec->CountWork();
    if (assumed) layer.note = "shape follows from an assumption about an unknown operator upstream";
    const bool has_weights = layer.work.params > 0;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !tensors_[Index(id)] || !tensors_[Index(id)]->is_constant) continue;
      layer.shares_weights = has_weights && !weights_seen_.insert(root_[Index(id)]).second;
      break;  // the first constant is the layer's weight; the others go with it
    }
    const bool rectified = node.op == "Relu" || (layer.spec->type().is_free && from_relu);
    model_.layers.push_back(std::move(layer));
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      assumed_[Index(id)] = assumed;
      rectified_[Index(id)] = rectified;
    }
    Store(node, std::move(lowered.outputs));
  }

  /// An operator that no layer type reads: the file's own shapes are trusted if it has some,
  /// else the result is taken to look like the first input, which is said.
  void AddUnknown(const Node& node, const std::vector<const TensorInfo*>& inputs, std::string why) {
    if (node.has_subgraph) why = "control flow: what it runs depends on data";
    const auto like = std::find_if(inputs.begin(), inputs.end(), [](const TensorInfo* input) {
      return input != nullptr && !input->is_constant;
    });
    bool assumed = false;
    Work work;
    for (const TensorInfo* input : inputs) {
      if (input == nullptr) continue;
      std::int64_t& bytes = input->is_constant ? work.weight_bytes : work.input_bytes;
      bytes = CheckedSum({bytes, TensorBytes(*input)});
    }
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      const Value& value = graph_.values[Index(id)];
      TensorInfo output{.dtype = value.dtype};
      if (like != inputs.end()) output = {.dtype = (*like)->dtype, .shape = (*like)->shape};
      if (auto declared = inputs_.Declared(value)) {
        output.shape = *std::move(declared);
      } else {
        assumed = true;
        assumed_[Index(id)] = true;
      }
      work.output_bytes = CheckedSum({work.output_bytes, TensorBytes(output)});
      tensors_[Index(id)] = std::move(output);
    }
    if (assumed) why += "; its result is assumed to have its input's shape";
    const std::string op = node.domain.empty() ? node.op : node.domain + "::" + node.op;
    model_.warnings.push_back("unknown operator " + Printable(op, 60) + " '" +
                              Printable(node.name, 60) + "': " + why);
    model_.layers.push_back({.name = node.name,
                             .op = op,
                             .node = PlaceOf(node),
                             .note = why,
                             .work = work,
                             .shape_assumed = assumed});
  }

  const Graph& graph_;
  InputShapes inputs_;
  std::vector<std::optional<TensorInfo>> tensors_;
  std::vector<ValueId> root_;    ///< the stored tensor that a view of a constant stands for
  std::vector<bool> assumed_;    ///< the shape rests on an unknown operator's assumed one
  std::vector<bool> rectified_;  ///< the result of a relu, or a view of one
  std::vector<int> readers_;
  std::set<ValueId> weights_seen_;
  LayeredModel model_;
};

}  // namespace

LayeredModel Resolve(const Graph& graph, const InputBinding& binding) {
  return Resolver(graph, binding).Run();
}

Work LayeredModel::TotalWork() const {
  Work total;
  for (const Layer& layer : layers) {
    const Work& work = layer.work;
    total.macs = CheckedSum({total.macs, work.macs});
    total.bias_adds = CheckedSum({total.bias_adds, work.bias_adds});
    total.params = CheckedSum({total.params, layer.shares_weights ? 0 : work.params});
    total.input_bytes = CheckedSum({total.input_bytes, work.input_bytes});
    total.output_bytes = CheckedSum({total.output_bytes, work.output_bytes});
    total.weight_bytes = CheckedSum({total.weight_bytes, work.weight_bytes});
  }
  return total;
}

}  // namespace joulecast
