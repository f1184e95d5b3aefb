// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

/// For tests: writes a small graph down, node by node. Nodes are named op0, op1, ... by their
/// operator and place.
class TestGraph {
 public:
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  /// A dimension is a number, or a name where it is symbolic.
  ValueId Input(const std::string& name, const std::vector<std::variant<int, std::string>>& dims) {
    Value value{.name = name, .dtype = DType::kF32, .declared = std::vector<Dim>()};
    for (const auto& dim : dims) {
      const int* size = std::get_if<int>(&dim);
      value.declared->push_back(size != nullptr ? Dim{.size = *size, .symbol = {}}
                                                : Dim{.size = {}, .symbol = std::get<1>(dim)});
    }
    graph_.inputs.push_back(graph_.AddValue(std::move(value)));
    return graph_.inputs.back();
  }

  ValueId Weight(const Shape& shape, DType dtype = DType::kF32) {
    Value value{.name = "weight", .dtype = dtype, .declared = std::vector<Dim>()};
    for (const std::int64_t extent : shape) value.declared->push_back({.size = extent});
    value.is_constant = true;
    return graph_.AddValue(std::move(value));
  }

  ValueId Numbers(const std::vector<std::int64_t>& numbers) {
    const auto count = static_cast<std::int64_t>(numbers.size());
    return graph_.AddValue(
        {.name = "numbers",
         .dtype = DType::kI64,
         .declared = std::vector<Dim>{{.size = count, .symbol = {}}},
         .is_constant = true,
         .constant = Constant{.dtype = DType::kI64, .shape = {count}, .ints = numbers}});
  }

  ValueId Add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes = {}) {
    return AddWithResults(op, 1, std::move(inputs), std::move(attributes))[0];
  }

  std::vector<ValueId> AddWithResults(const std::string& op, int results,
                                      std::vector<ValueId> inputs, Attributes attributes = {}) {
    const std::string name = op + std::to_string(graph_.nodes.size());
    std::vector<ValueId> outputs;
    for (int i = 0; i < results; ++i) outputs.push_back(graph_.AddValue({.name = name}));
    graph_.nodes.push_back({.op = op,
                            .name = name,
                            .inputs = std::move(inputs),
                            .outputs = outputs,
                            .attributes = std::move(attributes)});
    return outputs;
  }

  Graph& Finish(ValueId output) {
    graph_.name = "test";
    graph_.outputs = {output};
    return graph_;
  }

 private:
  Graph graph_;
};

}  // namespace joulecast
