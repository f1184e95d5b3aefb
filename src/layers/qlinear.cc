// SPDX-License-Identifier: Apache-2.0
#include "layers/qlinear.h"

namespace joulecast {
namespace {

constexpr std::string_view kPrefix = "QLinear";

/// Where the data stand among scales and zero points, which follow each: QLinearConcat begins with
/// those of its result, the others end with them.
std::vector<std::size_t> DataInputs(const NodeView& node) {
  constexpr std::size_t kWithScaleAndZero = 3;
  if (node.op() == "QLinearConcat") {
    std::vector<std::size_t> inputs;
    for (std::size_t i = 2; i < node.input_count(); i += kWithScaleAndZero) inputs.push_back(i);
    return inputs;
  }
  const bool has_two = node.op() == "QLinearAdd" || node.op() == "QLinearMul";
  return has_two ? std::vector<std::size_t>{0, kWithScaleAndZero} : std::vector<std::size_t>{0};
}

}  // namespace

std::optional<Lowered> LowerQLinear(const NodeView& node) {
  if (node.node().domain != "com.microsoft" || !node.op().starts_with(kPrefix)) return std::nullopt;
  if (node.Int("channels_last", 0) != 0) return std::nullopt;
  Node plain{.op = std::string(node.op().substr(kPrefix.size())),
             .name = node.node().name,
             .outputs = node.node().outputs,
             .attributes = node.node().attributes};
  std::vector<const TensorInfo*> inputs;
  for (const std::size_t i : DataInputs(node)) inputs.push_back(&node.Input(i));
  return LowerNode(NodeView(plain, inputs, node.context()));
}

}  // namespace joulecast
