// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/raw_node.h"

#include "base/text.h"
#include "formats/onnx/subgraph.h"

namespace joulecast::onnx {
namespace {

void TakeAttribute(Attribute attribute, RawNode& raw, std::vector<std::string_view>& inner_reads) {
  for (const WireReader& graph : attribute.graphs) {
    raw.node.has_subgraph = true;
    for (const std::string_view name : OuterReads(graph)) inner_reads.push_back(name);
  }
  raw.attributes.push_back(std::move(attribute));
}

/// "layer1.0.conv1" of a node that reads "layer1.0.conv1.weight"; empty for any other. The exporter
/// takes a convolution for part of the normalisation that it melts into it.
std::string_view ModuleOfWeight(const RawNode& raw) {
  constexpr std::string_view kWeight = ".weight";
  if (raw.inputs.size() < 2 || !raw.inputs[1].ends_with(kWeight)) return "";
  return raw.inputs[1].substr(0, raw.inputs[1].size() - kWeight.size());
}

}  // namespace

// Modules are written from the outermost on, as Python prints a list, and behind them what the node
// was before: ['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_1'].
std::string_view ModuleOf(WireReader entry) {
  std::string_view key;
  std::string_view scopes;
  while (entry.Next()) {
    if (entry.field() == 1) key = entry.Text();
    if (entry.field() == 2) scopes = entry.Text();
  }
  if (key != "pkg.torch.onnx.name_scopes") return "";
  const std::size_t end = scopes.rfind("', '");
  if (end == std::string_view::npos || end == 0) return "";
  const std::size_t quote = scopes.rfind('\'', end - 1);
  return quote == std::string_view::npos ? "" : scopes.substr(quote + 1, end - quote - 1);
}

std::string Describe(const Node& node) {
  return Printable(node.op, 60) + " '" + Printable(node.name, 60) + "'";
}

RawNode ReadNode(WireReader message, const std::filesystem::path& folder, std::int64_t opset) {
  RawNode raw{.opset = opset};
  std::vector<std::string_view> inner_reads;
  std::string_view module;
  while (message.Next()) {
    switch (message.field()) {
      case 1:  // input
        raw.inputs.push_back(message.Text());
        break;
      case 2:  // output
        raw.outputs.push_back(message.Text());
        break;
      case 3:  // name
        raw.node.name = message.Text();
        break;
      case 4:  // op_type
        raw.node.op = message.Text();
        break;
      case 5:  // attribute
        TakeAttribute(ReadAttribute(message.Message(), folder), raw, inner_reads);
        break;
      case 7:  // domain
        raw.node.domain = message.Text() == "ai.onnx" ? "" : message.Text();
        break;
      case 9:  // metadata_props
        if (module.empty()) module = ModuleOf(message.Message());
        break;
      default:
        break;
    }
  }
  if (!module.empty()) {
    const std::string_view of_weight = ModuleOfWeight(raw);
    raw.node.name = std::string(of_weight.empty() ? module : of_weight) + "." + raw.node.op;
  }
  if (raw.node.op.empty()) message.file().Fail(Describe(raw.node) + " says no operator");
  raw.inputs.insert(raw.inputs.end(), inner_reads.begin(), inner_reads.end());
  return raw;
}

}  // namespace joulecast::onnx
