// SPDX-License-Identifier: Apache-2.0
#include "layers/catalog.h"

#include <algorithm>

#include "layers/node_view.h"

namespace joulecast {
namespace {

/// As layer types list it: with its domain, unless that is ONNX's own or ours.
std::string QualifiedOp(const Node& node) {
  const bool is_plain = node.domain.empty() || node.domain == "joulecast";
  return is_plain ? node.op : node.domain + "::" + node.op;
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
  for (const LayerType* type : LayerCatalog()) {
    if (type->name == name) return type;
  }
  return nullptr;
}

std::optional<Lowered> LowerNode(const NodeView& node) {
  const std::string op = QualifiedOp(node.node());
  for (const LayerType* type : LayerCatalog()) {
    if (std::find(type->ops.begin(), type->ops.end(), op) == type->ops.end()) continue;
    if (auto lowered = type->lower(node)) return lowered;
  }
  return std::nullopt;
}

}  // namespace joulecast
