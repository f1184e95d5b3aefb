// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/onnx/raw_node.h"

namespace joulecast::onnx {

/// Functions that a model brings along (FunctionProto), and nodes that call them made into the
/// nodes that they stand for.
class FunctionLibrary {
 public:
  /// Reads what the functions are; their nodes are read at each call.
  FunctionLibrary(const std::vector<WireReader>& functions, std::filesystem::path folder);

  /// The nodes with every call replaced, calls inside functions too. The names that they then carry
  /// last as long as the library. Throws Error{kInput} for functions that call themselves.
  std::vector<RawNode> Inline(std::vector<RawNode> nodes);

 private:
  struct Function {
    std::vector<std::string_view> inputs;
    std::vector<std::string_view> outputs;
    std::vector<WireReader> nodes;
    std::vector<Attribute> defaults;
    std::int64_t opset = 1;
  };
  using Names = std::map<std::string_view, std::string_view>;

  void Add(WireReader message);
  void Expand(RawNode node, int depth, std::vector<RawNode>& into);
  Names NamesOfCall(const RawNode& call, const Function& function, std::vector<RawNode>& into);
  std::string_view Keep(std::string name);

  std::filesystem::path folder_;
  std::map<std::pair<std::string, std::string>, Function> functions_;  ///< by domain and name
  std::deque<std::string> names_;
  std::size_t calls_ = 0;
  std::size_t name_bytes_ = 0;  ///< of all names made: long ones grow at each call in a call
};

}  // namespace joulecast::onnx
