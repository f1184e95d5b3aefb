// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/subgraph.h"

#include <unordered_set>

#include "formats/onnx/value_info.h"

namespace joulecast::onnx {
namespace {

constexpr int kDeepest = 64;

struct Names {
  std::vector<std::string_view> read;
  std::unordered_set<std::string_view> defined;
};

std::vector<std::string_view> OuterReadsAt(WireReader graph, int depth);

/// The name in a message's field, empty if there is none.
std::string_view NameIn(WireReader message, std::uint32_t field) {
  std::string_view name;
  while (message.Next()) {
    if (message.field() == field) name = message.Text();
  }
  return name;
}

void CollectAttribute(WireReader attribute, int depth, Names& names) {
  while (attribute.Next()) {
    if (attribute.field() != 6 && attribute.field() != 11) continue;  // g, graphs
    for (const std::string_view name : OuterReadsAt(attribute.Message(), depth + 1)) {
      names.read.push_back(name);
    }
  }
}

void CollectNode(WireReader node, int depth, Names& names) {
  while (node.Next()) {
    if (node.field() == 1) names.read.push_back(node.Text());               // input
    if (node.field() == 2) names.defined.insert(node.Text());               // output
    if (node.field() == 5) CollectAttribute(node.Message(), depth, names);  // attribute
  }
}

std::vector<std::string_view> OuterReadsAt(WireReader graph, int depth) {
  if (depth > kDeepest) {
    graph.file().Fail("its control flow is nested deeper than " + std::to_string(kDeepest) +
                      " graphs: the file is damaged");
  }
  Names names;
  while (graph.Next()) {
    switch (graph.field()) {
      case 1:  // node
        CollectNode(graph.Message(), depth, names);
        break;
      case 5:  // initializer
        names.defined.insert(NameIn(graph.Message(), 8));
        break;
      case 11:  // input
        names.defined.insert(ReadValueInfo(graph.Message()).name);
        break;
      case 12:  // output: may hand out a value from around the graph
        names.read.push_back(ReadValueInfo(graph.Message()).name);
        break;
      case 15: {  // sparse_initializer: the name is that of its values, field 1
        WireReader sparse = graph.Message();
        while (sparse.Next()) {
          if (sparse.field() == 1) names.defined.insert(NameIn(sparse.Message(), 8));
        }
        break;
      }
      default:
        break;
    }
  }
  std::vector<std::string_view> outer;
  names.defined.insert("");
  for (const std::string_view name : names.read) {
    if (names.defined.insert(name).second) outer.push_back(name);
  }
  return outer;
}

}  // namespace

std::vector<std::string_view> OuterReads(const WireReader& graph) { return OuterReadsAt(graph, 1); }

}  // namespace joulecast::onnx
