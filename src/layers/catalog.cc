// SPDX-License-Identifier: Apache-2.0
#include "layers/catalog.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "layers/node_view.h"
#include "layers/qlinear.h"

namespace joulecast {
namespace {

/// As layer types list it: with its domain, unless that is ONNX's own or ours.
std::string QualifiedOp(const Node& node) {
  const bool is_plain = node.domain.empty() || node.domain == "joulecast";
  return is_plain ? node.op : node.domain + "::" + node.op;
}

/// Which types may lower an operator, in catalogue order: large graphs ask for thousands of nodes.
const std::unordered_map<std::string, std::vector<const LayerType*>>& TypesByOp() {
  static const auto types = [] {
    std::unordered_map<std::string, std::vector<const LayerType*>> by_op;
    for (const LayerType* type : LayerCatalog()) {
      for (const std::string_view op : type->ops) by_op[std::string(op)].push_back(type);
    }
    return by_op;
  }();
  return types;
}

}  // namespace

std::span<const LayerType* const> LayerCatalog() {
  static constexpr const LayerType* kCatalog[] = {
#define JOULECAST_LAYER(type) &type,
#include "layers/catalog.inc"
#undef JOULECAST_LAYER
  };
  return kCatalog;
}

const LayerType* FindLayerType(std::string_view name) {
  for (const LayerType* type : AllLayerTypes()) {
    if (type->name == name) return type;
  }
  return nullptr;
}

std::optional<Lowered> LowerNode(const NodeView& node) {
  const auto types = TypesByOp().find(QualifiedOp(node.node()));
  if (types == TypesByOp().end()) return LowerQLinear(node);
  for (const LayerType* type : types->second) {
    if (auto lowered = type->lower(node)) return lowered;
  }
  return LowerQLinear(node);
}

}  // namespace joulecast
