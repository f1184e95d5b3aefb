// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "base/checked.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "layers/fold.h"
#include "layers/input_shapes.h"
#include "layers/node_view.h"
#include "layers/quantization.h"

namespace joulecast {
namespace {

/// Walks the nodes in order, keeping what is known of every tensor.
class Resolver {
 public:
  Resolver(const Graph& graph, const InputBinding& binding, OwnLayerTypes own)
      : graph_(graph),
        own_(own),
        inputs_(graph, binding),
        tensors_(graph.values.size()),
        root_(graph.values.size()),
        assumed_(graph.values.size(), false),
        convolution_(graph.values.size()),
        rectified_(graph.values.size(), false),
        readers_(graph.values.size(), 0),
        requantizations_(FindRequantizations(graph)) {
    for (const Node& node : graph.nodes) {
      for (const ValueId id : node.inputs) {
        if (id != kNoValue) ++readers_[Index(id)];
      }
    }
    for (const ValueId id : graph.outputs) ++readers_[Index(id)];
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      root_[i] = static_cast<ValueId>(i);
      const Value& value = graph.values[i];
      if (!value.is_constant) continue;
      tensors_[i] = ConstantTensor(value);
      ElementCount(tensors_[i]->shape);
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
    if (contradictions_ > kMostTold) {
      model_.warnings.push_back("and " + std::to_string(contradictions_ - kMostTold) +
                                " more results differ from what the file declares");
    }
    if (model_.layers.empty()) {
      throw Error(ErrorKind::kInput, "the model '" + Printable(graph_.name, 60) +
                                         "' has no operation that depends on its inputs");
    }
    model_.tensors = std::move(tensors_);
    return std::move(model_);
  }

 private:
  static constexpr int kMostTold = 3;  ///< contradictions told one by one

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
    NodeView::Context context{
        .baked_batch = inputs_.baked_batch(),
        .batch = inputs_.batch(),
        .is_requantization =
            requantizations_[static_cast<std::size_t>(&node - graph_.nodes.data())]};
    if (!node.inputs.empty() && node.inputs[0] != kNoValue) {
      context.input_is_rectified = rectified_[Index(node.inputs[0])];
      context.input_is_dead =
          readers_[Index(node.inputs[0])] == 1 && inputs[0] != nullptr && !inputs[0]->is_constant;
    }
    const NodeView view(node, inputs, context);
    std::string why = "no layer type reads this operator";
    std::optional<Lowered> lowered;
    try {
      if (auto folded = node.domain.empty() ? Fold(view) : std::nullopt) {
        return Store(node, *std::move(folded));
      }
      lowered = LowerNode(view, own_);
    } catch (const DataDependent& error) {
      why = error.what();
    } catch (const Error& error) {
      if (!any_assumed) throw;
      why = std::string("its input shape was assumed, and then: ") + error.what();
    }
    if (lowered && all_constant && graph_.folds_weights) {
      AddConstant(node, *std::move(lowered));
    } else if (lowered) {
      AddKnown(node, *std::move(lowered), any_assumed, context.input_is_rectified);
    } else {
      AddUnknown(node, inputs, std::move(why));
    }
    CheckDeclared(node);
  }

  void Store(const Node& node, std::vector<TensorInfo> outputs) {
    const bool constant = std::all_of(outputs.begin(), outputs.end(),
                                      [](const TensorInfo& tensor) { return tensor.is_constant; });
    if (constant) ++model_.folded_nodes;
    for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i) {
      if (node.outputs[i] != kNoValue) tensors_[Index(node.outputs[i])] = std::move(outputs[i]);
    }
  }

  /// What depends on weights alone is computed before the model runs.
  void AddConstant(const Node& node, Lowered lowered) {
    for (TensorInfo& output : lowered.outputs) output.is_constant = true;
    // A view of all of a constant stands for the same weights.
    const bool is_whole = lowered.spec.type().is_free &&
                          StoredElements(lowered.outputs[0]) == StoredElements(InputOf(node));
    if (is_whole) root_[Index(node.outputs[0])] = root_[Index(node.inputs[0])];
    if (!lowered.assumption.empty()) Assume(node);
    Store(node, std::move(lowered.outputs));
  }

  const TensorInfo& InputOf(const Node& node) const { return *tensors_[Index(node.inputs[0])]; }

  /// Marks the node's results as resting on an assumption.
  void Assume(const Node& node) {
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) assumed_[Index(id)] = true;
    }
  }

  void AddKnown(const Node& node, Lowered lowered, bool assumed, bool from_relu) {
    const bool assumes = !lowered.assumption.empty();
    Layer layer{.name = node.name,
                .op = node.op,
                .node = PlaceOf(node),
                .spec = std::move(lowered.spec),
                .note = std::move(lowered.assumption),
                .shape_assumed = assumed || assumes};
    layer.work = layer.spec->CountWork();
    if (assumes) Warn(node, layer.note);
    if (assumed) layer.note = "shape follows from an assumption about an operator upstream";
    const bool has_weights = layer.work.params > 0;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !tensors_[Index(id)] || !tensors_[Index(id)]->is_constant) continue;
      layer.shares_weights = has_weights && !weights_seen_.insert(root_[Index(id)]).second;
      break;  // the first constant is the layer's weight; the others go with it
    }
    Fuse(node, layer);
    const bool rectified = node.op == "Relu" || (layer.spec->type().is_free && from_relu);
    model_.layers.push_back(std::move(layer));
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      assumed_[Index(id)] = assumed || assumes;
      rectified_[Index(id)] = rectified;
    }
    Store(node, std::move(lowered.outputs));
  }

  /// Notes what runtimes may do in one kernel with the convolution whose result the node reads.
  void Fuse(const Node& node, Layer& layer) {
    const LayerType& type = layer.spec->type();
    const bool is_conv = &type == &kConv2d || &type == &kConv1d || &type == &kConv3d;
    const bool is_norm = &type == &kBatchNorm2d;
    const ValueId result = node.outputs.empty() ? kNoValue : node.outputs[0];
    if (result == kNoValue) return;
    if (is_conv) convolution_[Index(result)] = model_.layers.size();
    if (!is_norm && &type != &kRelu && &type != &kRelu6) return;
    const ValueId from = node.inputs.empty() ? kNoValue : node.inputs[0];
    if (from == kNoValue || readers_[Index(from)] != 1) return;
    layer.fuses_into = convolution_[Index(from)];
    if (is_norm) convolution_[Index(result)] = layer.fuses_into;
  }

  void Warn(const Node& node, const std::string& what) {
    model_.warnings.push_back(Describe(node) + ": " + what);
  }

  static std::string Describe(const Node& node) {
    const std::string op = node.domain.empty() ? node.op : node.domain + "::" + node.op;
    return Printable(op, 60) + " '" + Printable(node.name, 60) + "'";
  }

  /// Compares shapes with those that the exporter wrote down. A complete one ends an assumption; of
  /// contradictions the first few are told, because the rest mostly follows from them.
  void CheckDeclared(const Node& node) {
    for (const ValueId id : node.outputs) {
      if (id == kNoValue || !tensors_[Index(id)]) continue;
      const Value& value = graph_.values[Index(id)];
      TensorInfo& tensor = *tensors_[Index(id)];
      if (assumed_[Index(id)]) {
        auto declared = inputs_.Declared(value);
        assumed_[Index(id)] = !declared;
        if (declared && *declared != tensor.shape) {
          tensor.shape = *std::move(declared);
          tensor.constant.reset();
        }
      } else if (!inputs_.Agrees(value, tensor.shape) && ++contradictions_ <= kMostTold) {
        Warn(node, "its result '" + Printable(value.name, 60) + "' is " + ToString(tensor.shape) +
                       ", but the file declares " + Declared(*value.declared) +
                       "; what the operators compute is taken");
      }
    }
  }

  /// "1xseqx768": a shape as the file declares it.
  static std::string Declared(const std::vector<Dim>& dims) {
    std::vector<std::string> extents;
    for (const Dim& dim : dims) {
      extents.push_back(dim.size ? std::to_string(*dim.size)
                                 : "'" + Printable(dim.symbol, 40) + "'");
    }
    return extents.empty() ? "a scalar" : Join(extents, "x");
  }

  /// An operator that no layer type reads: the file's own shapes are trusted if it has some,
  /// else the result is taken to look like the first input, which is said.
  void AddUnknown(const Node& node, const std::vector<const TensorInfo*>& inputs, std::string why) {
    if (node.has_subgraph) why = "control flow: what it runs depends on data";
    if (IsOfSequences(node)) why = "a sequence of tensors, which is not followed";
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
      if (like != inputs.end()) output.shape = (*like)->shape;
      if (like != inputs.end() && Bits(value.dtype) == 0) output.dtype = (*like)->dtype;
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
    model_.warnings.push_back("unknown operator " + Describe(node) + ": " + why);
    const std::string op = node.domain.empty() ? node.op : node.domain + "::" + node.op;
    model_.layers.push_back({.name = node.name,
                             .op = op,
                             .node = PlaceOf(node),
                             .note = why,
                             .work = work,
                             .shape_assumed = assumed});
  }

  /// Operators on ONNX's sequences and optionals.
  static bool IsOfSequences(const Node& node) {
    return node.op.find("Sequence") != std::string::npos || node.op.starts_with("Optional");
  }

  const Graph& graph_;
  OwnLayerTypes own_;
  InputShapes inputs_;
  std::vector<std::optional<TensorInfo>> tensors_;
  std::vector<ValueId> root_;  ///< the stored tensor that a view of a constant stands for
  std::vector<bool> assumed_;  ///< the shape rests on an unknown operator's assumed one
  /// The convolution, by its place among the layers, whose result a value is, normed or not.
  std::vector<std::optional<std::size_t>> convolution_;
  std::vector<bool> rectified_;  ///< the result of a relu, or a view of one
  std::vector<int> readers_;
  std::vector<bool> requantizations_;  ///< by node
  std::set<ValueId> weights_seen_;
  int contradictions_ = 0;  ///< shapes that differ from what the file declares
  LayeredModel model_;
};

}  // namespace

LayeredModel Resolve(const Graph& graph, const InputBinding& binding, OwnLayerTypes own) {
  for (const LayerType* type : own) CheckLayerType(*type);
  return Resolver(graph, binding, own).Run();
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
