// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/functions.h"

#include <algorithm>

#include "formats/onnx/opset.h"

namespace joulecast::onnx {
namespace {

constexpr int kDeepest = 64;
constexpr std::size_t kMostNodes = 50'000;
constexpr std::size_t kMostNameBytes = std::size_t{16} << 20;

const Attribute* FindAttribute(const std::vector<Attribute>& attributes, std::string_view name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

/// Attributes that refer to one of the call's get its value, or the default; without either they
/// are left out.
void BindAttributes(RawNode& node, const RawNode& call, const std::vector<Attribute>& defaults) {
  std::erase_if(node.attributes, [&](Attribute& attribute) {
    if (attribute.reference.empty()) return false;
    const Attribute* given = FindAttribute(call.attributes, attribute.reference);
    if (given == nullptr) given = FindAttribute(defaults, attribute.reference);
    if (given != nullptr) attribute.value = given->value;
    return given == nullptr;
  });
}

}  // namespace

FunctionLibrary::FunctionLibrary(const std::vector<WireReader>& functions,
                                 std::filesystem::path folder)
    : folder_(std::move(folder)) {
  for (const WireReader& function : functions) Add(function);
}

void FunctionLibrary::Add(WireReader message) {
  Function function;
  std::string name;
  std::string domain;
  while (message.Next()) {
    switch (message.field()) {
      case 1:  // name
        name = message.Text();
        break;
      case 4:  // input
        function.inputs.push_back(message.Text());
        break;
      case 5:  // output
        function.outputs.push_back(message.Text());
        break;
      case 7:  // node
        function.nodes.push_back(message.Message());
        break;
      case 9:  // opset_import
        function.opset = ReadOpset(message.Message()).value_or(function.opset);
        break;
      case 10:  // domain
        domain = message.Text() == "ai.onnx" ? "" : message.Text();
        break;
      case 11:  // attribute_proto: those with defaults
        function.defaults.push_back(ReadAttribute(message.Message(), folder_));
        break;
      default:
        break;
    }
  }
  functions_.insert_or_assign({std::move(domain), std::move(name)}, std::move(function));
}

std::vector<RawNode> FunctionLibrary::Inline(std::vector<RawNode> nodes) {
  if (functions_.empty()) return nodes;
  std::vector<RawNode> inlined;
  for (RawNode& node : nodes) Expand(std::move(node), 0, inlined);
  return inlined;
}

void FunctionLibrary::Expand(RawNode node, int depth, std::vector<RawNode>& into) {
  const auto found = functions_.find({node.node.domain, node.node.op});
  if (found == functions_.end()) {
    into.push_back(std::move(node));
    return;
  }
  const Function& function = found->second;
  const std::string caller = node.node.name.empty() ? node.node.op : node.node.name;
  const std::string scope = caller + "/" + std::to_string(calls_++) + "/";
  Names names = NamesOfCall(node, function, into);
  const auto rename = [&](std::string_view& name) {
    if (name.empty()) return;
    auto [entry, is_new] = names.try_emplace(name);
    if (is_new) entry->second = Keep(scope + std::string(name));
    name = entry->second;
  };
  for (const WireReader& message : function.nodes) {
    if (depth > kDeepest || into.size() > kMostNodes || calls_ > kMostNodes ||
        name_bytes_ > kMostNameBytes) {
      message.file().Fail("its function " + Describe(node.node) +
                          " calls itself, or too many others: the file is damaged");
    }
    RawNode inner = ReadNode(message, folder_, function.opset);
    std::ranges::for_each(inner.inputs, rename);
    std::ranges::for_each(inner.outputs, rename);
    BindAttributes(inner, node, function.defaults);
    inner.node.name = caller + "/" + (inner.node.name.empty() ? inner.node.op : inner.node.name);
    name_bytes_ += inner.node.name.size();
    Expand(std::move(inner), depth + 1, into);
  }
}

std::string_view FunctionLibrary::Keep(std::string name) {
  name_bytes_ += name.size();
  return names_.emplace_back(std::move(name));
}

/// What the function's inputs and outputs are called where it is called. An input that it hands out
/// as it is becomes a node of its own.
FunctionLibrary::Names FunctionLibrary::NamesOfCall(const RawNode& call, const Function& function,
                                                    std::vector<RawNode>& into) {
  Names names;
  for (std::size_t i = 0; i < function.inputs.size(); ++i) {
    names[function.inputs[i]] = i < call.inputs.size() ? call.inputs[i] : "";
  }
  for (std::size_t i = 0; i < function.outputs.size() && i < call.outputs.size(); ++i) {
    if (call.outputs[i].empty()) continue;
    const auto [entry, is_new] = names.try_emplace(function.outputs[i], call.outputs[i]);
    if (is_new) continue;
    into.push_back({.node = {.op = "Identity", .name = call.node.name},
                    .inputs = {entry->second},
                    .outputs = {call.outputs[i]},
                    .opset = function.opset});
  }
  return names;
}

}  // namespace joulecast::onnx
