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

}  // namespace

std::string Describe(const Node& node) {
  return Printable(node.op, 60) + " '" + Printable(node.name, 60) + "'";
}

RawNode ReadNode(WireReader message, const std::filesystem::path& folder, std::int64_t opset) {
  RawNode raw{.opset = opset};
  std::vector<std::string_view> inner_reads;
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
      default:
        break;
    }
  }
  if (raw.node.op.empty()) message.file().Fail(Describe(raw.node) + " says no operator");
  raw.inputs.insert(raw.inputs.end(), inner_reads.begin(), inner_reads.end());
  return raw;
}

}  // namespace joulecast::onnx
