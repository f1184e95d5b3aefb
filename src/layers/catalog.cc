// SPDX-License-Identifier: Apache-2.0
#include "layers/catalog.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "layers/node_view.h"
#include "layers/qlinear.h"

namespace joulecast {
namespace {

/// As layer types list it: with its domain, unless that is ONNX's own or ours.
std::string QualifiedOp(const Node& node) {
  const bool is_plain = node.domain.empty() || node.domain == "joulecast";
  return is_plain ? node.op : node.domain + "::" + node.op;
}

bool Lists(const LayerType& type, const Node& node) {
  return std::find(type.ops.begin(), type.ops.end(), QualifiedOp(node)) != type.ops.end();
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

const LayerType* FindLayerType(std::string_view name, OwnLayerTypes own) {
  for (const LayerType* type : own) {
    if (type->name == name) return type;
  }
  return FindLayerType(name);
}

void CheckLayerType(const LayerType& type) {
  const auto fail = [&](const std::string& why) {
    throw Error(ErrorKind::kUsage, "the layer type '" + Printable(type.name, 40) + "' " + why);
  };
  if (type.name.empty()) fail("has no name");
  if (SlotCount(type) > kMaxSlots) {
    fail("has parameters of more than " + std::to_string(kMaxSlots) + " numbers");
  }
  const bool has_dtype = std::any_of(type.params.begin(), type.params.end(), [](const Param& each) {
    return each.kind == ParamKind::kDType;
  });
  if (!has_dtype) fail("has no parameter of kind kDType");
  if (type.work == nullptr || type.output_shape == nullptr) fail("lacks work or output_shape");
  if (type.terms.size() > kMaxTerms) {
    fail("has more than " + std::to_string(kMaxTerms) + " terms");
  }
  if (!type.terms.empty() && type.amounts == nullptr) fail("has terms and no amounts");
  if (!type.ops.empty() && type.lower == nullptr) fail("lists graph operators and has no lower");
  try {
    LayerSpec::Parse(type.example, std::array{&type});
  } catch (const Error& error) {
    fail(std::string("refuses its own example: ") + error.what());
  }
}

std::optional<Lowered> LowerNode(const NodeView& node, OwnLayerTypes own) {
  for (const LayerType* type : own) {
    if (!Lists(*type, node.node())) continue;
    if (auto lowered = type->lower(node)) return lowered;
  }
  const auto types = TypesByOp().find(QualifiedOp(node.node()));
  if (types == TypesByOp().end()) return LowerQLinear(node);
  for (const LayerType* type : types->second) {
    if (auto lowered = type->lower(node)) return lowered;
  }
  return LowerQLinear(node);
}

}  // namespace joulecast
