// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/graph_builder.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "formats/onnx/functions.h"
#include "formats/onnx/raw_node.h"
#include "formats/onnx/tensor.h"
#include "formats/onnx/value_info.h"
#include "joulecast/error.h"

namespace joulecast::onnx {
namespace {

/// A node's attribute as layers read it: tensors too large to matter keep type and shape.
AttributeValue ToAttributeValue(decltype(Attribute::value)::value_type value) {
  return std::visit(
      [](auto&& held) -> AttributeValue {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Tensor>) {
          if (held.constant) return *std::move(held.constant);
          return Constant{.dtype = held.dtype, .shape = std::move(held.shape)};
        } else {
          return std::forward<decltype(held)>(held);
        }
      },
      std::move(value));
}

/// Before opset 13, softmax worked on its input flattened to two dimensions at `axis`, 1 unless
/// given; since then on that axis alone, the last unless given.
void NormaliseSoftmax(Node& node, std::int64_t opset) {
  const bool is_softmax = node.op == "Softmax" || node.op == "LogSoftmax" || node.op == "Hardmax";
  if (!is_softmax || !node.domain.empty()) return;
  const bool flattens = opset < 13;
  const bool has_axis = std::any_of(node.attributes.begin(), node.attributes.end(),
                                    [](const auto& each) { return each.first == "axis"; });
  if (!has_axis) node.attributes.emplace_back("axis", std::int64_t{flattens ? 1 : -1});
  if (flattens) node.attributes.emplace_back("flatten", std::int64_t{1});
}

/// Element types are ONNX's numbers in attributes, in the first opsets their names there
/// ("FLOAT16"): layers read our names of them ("f16").
void NameElementTypes(Node& node) {
  constexpr std::string_view kNames[] = {
      "UNDEFINED", "FLOAT", "UINT8",   "INT8",   "UINT16", "INT16",  "INT32",     "INT64",
      "STRING",    "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128"};
  if (!node.domain.empty()) return;
  for (auto& [name, value] : node.attributes) {
    if (name != "to" && name != "dtype") continue;
    const auto* number = std::get_if<std::int64_t>(&value);
    const auto* text = std::get_if<std::string>(&value);
    const auto* known = text != nullptr ? std::ranges::find(kNames, *text) : std::end(kNames);
    if (number != nullptr) {
      value = std::string(joulecast::Name(DTypeFromOnnx(*number)));
    } else if (known != std::end(kNames)) {
      value = std::string(joulecast::Name(DTypeFromOnnx(known - std::begin(kNames))));
    }
  }
}

/// What a Constant node holds; the attribute that is set tells the type.
Tensor ConstantOf(RawNode& raw, const WireFile& file) {
  for (Attribute& attribute : raw.attributes) {
    if (attribute.name == "value_strings" || attribute.name == "value_string") {
      return {.dtype = DType::kString};
    }
    if (!attribute.value) continue;
    auto& value = *attribute.value;
    if (auto* tensor = std::get_if<Tensor>(&value)) return std::move(*tensor);
    if (auto* integer = std::get_if<std::int64_t>(&value)) return IntTensor({}, {*integer});
    if (auto* number = std::get_if<double>(&value)) return FloatTensor({}, {*number});
    if (auto* ints = std::get_if<std::vector<std::int64_t>>(&value)) {
      const auto count = static_cast<std::int64_t>(ints->size());
      return IntTensor({count}, std::move(*ints));
    }
    if (auto* floats = std::get_if<std::vector<double>>(&value)) {
      const auto count = static_cast<std::int64_t>(floats->size());
      return FloatTensor({count}, std::move(*floats));
    }
  }
  file.Fail(Describe(raw.node) + " has no value that can be read; export the model again");
}

/// "conv_2" where an earlier node has the name "conv". `uses` counts each name's.
void MakeNameUnique(Node& node, std::unordered_map<std::string, int>& uses) {
  const std::string wanted = node.name;
  int& use = uses[wanted];
  while (++use > 1) {
    node.name = wanted + "_" + std::to_string(use);
    if (uses.emplace(node.name, 1).second) break;
  }
}

/// Gives every node a name of its own. Names in the file come before "Relu_7" for those without.
void MakeNamesUnique(std::vector<RawNode>& nodes) {
  std::unordered_map<std::string, int> uses;
  for (const RawNode& raw : nodes) uses.emplace(raw.node.name, 0);
  std::vector<bool> is_unnamed(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    is_unnamed[i] = nodes[i].node.name.empty();
    if (!is_unnamed[i]) MakeNameUnique(nodes[i].node, uses);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes[i].node;
    if (!is_unnamed[i]) continue;
    node.name = node.op + "_" + std::to_string(i);
    MakeNameUnique(node, uses);
  }
}

/// Finds a std::string by a view without copying it.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const {
    return std::hash<std::string_view>()(name);
  }
};

class GraphBuilder {
 public:
  GraphBuilder(const WireFile& file, const ModelContext& context)
      : file_(file), context_(context), functions_(context.functions, context.folder) {}

  Graph Build(WireReader message) {
    while (message.Next()) {
      Take(message);
      ReleaseAfter(message);
    }
    for (const ValueInfo& input : inputs_) AddInput(input);
    nodes_ = functions_.Inline(std::move(nodes_));
    MakeNamesUnique(nodes_);
    for (RawNode& raw : nodes_) DefineOutputs(raw);
    for (RawNode& raw : nodes_) AddNode(raw);
    for (const ValueInfo& output : outputs_) AddOutput(output);
    for (const ValueInfo& info : declared_) Declare(info);
    try {
      SortTopologically(graph_);
    } catch (const Error& error) {
      file_.Fail(error.what());
    }
    return std::move(graph_);
  }

 private:
  /// Takes one field of the GraphProto; initializers become values at once.
  void Take(const WireReader& field) {
    switch (field.field()) {
      case 1:  // node
        nodes_.push_back(ReadNode(field.Message(), context_.folder, context_.opset));
        break;
      case 5:  // initializer
        AddInitializer(ReadTensor(field.Message(), context_.folder));
        break;
      case 11:  // input
        inputs_.push_back(ReadValueInfo(field.Message()));
        break;
      case 12:  // output
        outputs_.push_back(ReadValueInfo(field.Message()));
        break;
      case 13:  // value_info
        declared_.push_back(ReadValueInfo(field.Message()));
        break;
      case 15:  // sparse_initializer
        AddInitializer(ReadSparseTensor(field.Message(), context_.folder));
        break;
      default:
        break;
    }
  }

  /// What has weights in it is not looked at again: names are copied.
  void ReleaseAfter(const WireReader& field) const {
    constexpr std::size_t kLarge = 1 << 16;
    if (file_.mapped != nullptr && field.size() > kLarge) file_.mapped->Release();
  }

  ValueId Define(std::string_view name, Value value, const std::string& writer) {
    const auto id = static_cast<ValueId>(graph_.values.size());
    if (!ids_.emplace(std::string(name), id).second) {
      file_.Fail(writer + " defines the value '" + Printable(name, 60) +
                 "', which is defined already; export the model again");
    }
    return graph_.AddValue(std::move(value));
  }

  void AddInitializer(Tensor tensor) {
    const std::string_view name = tensor.name;
    Define(name, ConstantValue(name, std::move(tensor)), "an initializer");
  }

  /// Files of IR versions before 4 list the weights among the inputs.
  void AddInput(const ValueInfo& info) {
    const auto found = ids_.find(info.name);
    if (found != ids_.end() && graph_.values[Index(found->second)].is_constant) return;
    Value value{.name = std::string(info.name), .dtype = info.dtype, .declared = info.dims};
    graph_.inputs.push_back(Define(info.name, std::move(value), "an input of the graph"));
  }

  static bool IsConstant(const Node& node) { return node.op == "Constant" && node.domain.empty(); }

  void DefineOutputs(RawNode& raw) {
    if (IsConstant(raw.node)) {
      if (raw.outputs.empty()) file_.Fail(Describe(raw.node) + " has no output");
      Define(raw.outputs[0], ConstantValue(raw.outputs[0], ConstantOf(raw, file_)),
             Describe(raw.node));
      return;
    }
    for (const std::string_view name : raw.outputs) {
      const bool is_absent = name.empty();
      raw.node.outputs.push_back(
          is_absent ? kNoValue : Define(name, {.name = std::string(name)}, Describe(raw.node)));
    }
  }

  void AddNode(RawNode& raw) {
    if (IsConstant(raw.node)) return;
    Node& node = raw.node;
    for (const std::string_view name : raw.inputs) node.inputs.push_back(Find(name, node));
    for (Attribute& attribute : raw.attributes) {
      if (attribute.value) {
        node.attributes.emplace_back(attribute.name, ToAttributeValue(*std::move(attribute.value)));
      }
    }
    NormaliseSoftmax(node, raw.opset);
    NameElementTypes(node);
    graph_.nodes.push_back(std::move(node));
  }

  ValueId Find(std::string_view name, const Node& reader) const {
    if (name.empty()) return kNoValue;
    const auto found = ids_.find(name);
    if (found != ids_.end()) return found->second;
    file_.Fail(Describe(reader) + " reads the value '" + Printable(name, 60) +
               "', which nothing defines; export the model again");
  }

  void AddOutput(const ValueInfo& info) {
    const auto found = ids_.find(info.name);
    if (found == ids_.end()) {
      file_.Fail("the graph's output '" + Printable(info.name, 60) +
                 "' is defined by nothing; export the model again");
    }
    graph_.outputs.push_back(found->second);
    Declare(info);
  }

  /// Adds what the file says of a value that a node computes.
  void Declare(const ValueInfo& info) {
    const auto found = ids_.find(info.name);
    if (found == ids_.end()) return;
    Value& value = graph_.values[Index(found->second)];
    if (value.is_constant) return;
    if (!value.declared) value.declared = info.dims;
    if (value.dtype == DType::kUnknown) value.dtype = info.dtype;
  }

  static std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

  const WireFile& file_;
  const ModelContext& context_;
  FunctionLibrary functions_;
  Graph graph_;
  std::vector<RawNode> nodes_;
  std::vector<ValueInfo> inputs_;
  std::vector<ValueInfo> outputs_;
  std::vector<ValueInfo> declared_;
  std::unordered_map<std::string, ValueId, NameHash, std::equal_to<>> ids_;
};

}  // namespace

Graph BuildGraph(const WireReader& message, const ModelContext& context) {
  return GraphBuilder(message.file(), context).Build(message);
}

}  // namespace joulecast::onnx
