// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "layers/quantization.h"

namespace joulecast {
namespace {

bool IsQuantize(const Node& node) { return node.op == "QuantizeLinear"; }
bool IsDequantize(const Node& node) { return node.op == "DequantizeLinear"; }

/// Operators with integer kernels, or that only move elements.
bool HasIntegerKernel(const Node& node) {
  constexpr std::array<std::string_view, 38> kOps = {"Add",           "ArgMax",
                                                     "AveragePool",   "Clip",
                                                     "Concat",        "Conv",
                                                     "ConvTranspose", "DepthToSpace",
                                                     "Div",           "Expand",
                                                     "Flatten",       "Gather",
                                                     "Gemm",          "GlobalAveragePool",
                                                     "GlobalMaxPool", "HardSwish",
                                                     "HardSigmoid",   "Identity",
                                                     "LeakyRelu",     "MatMul",
                                                     "MaxPool",       "Mul",
                                                     "Pad",           "PRelu",
                                                     "ReduceMax",     "ReduceMin",
                                                     "Relu",          "Reshape",
                                                     "Resize",        "Sigmoid",
                                                     "Slice",         "Softmax",
                                                     "SpaceToDepth",  "Split",
                                                     "Squeeze",       "Transpose",
                                                     "Unsqueeze",     "Where"};
  return node.domain.empty() && std::find(kOps.begin(), kOps.end(), node.op) != kOps.end();
}

/// Which nodes are integer kernels: assumed of all that could be, then withdrawn until what is
/// left agrees with its neighbours.
class IntegerRegions {
 public:
  explicit IntegerRegions(const Graph& graph)
      : graph_(graph),
        writer_(graph.values.size(), nullptr),
        readers_(graph.values.size()),
        is_constant_(graph.values.size()),
        is_result_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      is_constant_[i] = graph.values[i].is_constant;
    }
    for (const ValueId id : graph.outputs) is_result_[Index(id)] = true;
    for (const Node& node : graph.nodes) AddNode(node);
  }

  std::vector<bool> Requantizations() {
    Withdraw();
    std::vector<bool> found;
    for (const Node& node : graph_.nodes) {
      const ValueId into = node.inputs.empty() ? kNoValue : node.inputs[0];
      const bool quantizes = IsQuantize(node) && into != kNoValue && IsComputedInIntegers(into);
      found.push_back(quantizes || IsFusedDequantize(node));
    }
    return found;
  }

 private:
  static std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }
  std::size_t Index(const Node& node) const {
    return static_cast<std::size_t>(&node - graph_.nodes.data());
  }

  void AddNode(const Node& node) {
    bool all_constant = true;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      readers_[Index(id)].push_back(&node);
      all_constant = all_constant && is_constant_[Index(id)];
    }
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      writer_[Index(id)] = &node;
      is_constant_[Index(id)] = all_constant;
    }
    is_integer_.push_back(HasIntegerKernel(node) && !all_constant);
  }

  /// Both ways by turns, so that a withdrawal runs along a chain in one pass.
  void Withdraw() {
    bool changed = true;
    const auto check = [&](const Node& node) {
      if (!is_integer_[Index(node)] || Agrees(node)) return;
      is_integer_[Index(node)] = false;
      changed = true;
    };
    while (std::exchange(changed, false)) {
      std::for_each(graph_.nodes.begin(), graph_.nodes.end(), check);
      std::for_each(graph_.nodes.rbegin(), graph_.nodes.rend(), check);
    }
  }

  bool IsComputedInIntegers(ValueId id) const {
    const Node* writer = writer_[Index(id)];
    return writer != nullptr && is_integer_[Index(*writer)];
  }

  /// All that reads its result is an integer kernel.
  bool IsFusedDequantize(const Node& node) const {
    if (!IsDequantize(node) || node.outputs.empty() || node.outputs[0] == kNoValue) return false;
    const std::size_t result = Index(node.outputs[0]);
    return !is_constant_[result] && !is_result_[result] && !readers_[result].empty() &&
           std::all_of(readers_[result].begin(), readers_[result].end(),
                       [&](const Node* reader) { return is_integer_[Index(*reader)]; });
  }

  bool Agrees(const Node& node) const {
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || is_constant_[Index(id)] || IsComputedInIntegers(id)) continue;
      const Node* writer = writer_[Index(id)];
      if (writer == nullptr || !IsFusedDequantize(*writer)) return false;
    }
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      if (is_result_[Index(id)]) return false;
      for (const Node* reader : readers_[Index(id)]) {
        if (!IsQuantize(*reader) && !is_integer_[Index(*reader)]) return false;
      }
    }
    return true;
  }

  const Graph& graph_;
  std::vector<const Node*> writer_;
  std::vector<std::vector<const Node*>> readers_;
  std::vector<bool> is_constant_;
  std::vector<bool> is_result_;
  std::vector<bool> is_integer_;
};

}  // namespace

std::vector<bool> FindRequantizations(const Graph& graph) {
  const bool quantises = std::any_of(graph.nodes.begin(), graph.nodes.end(), IsDequantize);
  if (!quantises) return std::vector<bool>(graph.nodes.size(), false);
  return IntegerRegions(graph).Requantizations();
}

}  // namespace joulecast
