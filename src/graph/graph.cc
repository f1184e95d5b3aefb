// SPDX-License-Identifier: Apache-2.0
#include "joulecast/graph.h"

#include <algorithm>
#include <array>
#include <queue>

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  int bits;
};

constexpr std::array<DTypeRow, 20> kDTypes = {{
    {DType::kUnknown, "unknown", 0}, {DType::kF64, "f64", 64},      {DType::kF32, "f32", 32},
    {DType::kF16, "f16", 16},        {DType::kBF16, "bf16", 16},    {DType::kI64, "i64", 64},
    {DType::kI32, "i32", 32},        {DType::kI16, "i16", 16},      {DType::kI8, "i8", 8},
    {DType::kU64, "u64", 64},        {DType::kU32, "u32", 32},      {DType::kU16, "u16", 16},
    {DType::kU8, "u8", 8},           {DType::kBool, "bool", 8},     {DType::kF8, "f8", 8},
    {DType::kI4, "i4", 4},           {DType::kU4, "u4", 4},         {DType::kC64, "c64", 64},
    {DType::kC128, "c128", 128},     {DType::kString, "string", 0},
}};

const DTypeRow& RowOf(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

/// A floating-point type and its number in ONNX's TensorProto.DataType, which Cast's `to` holds.
struct FloatType {
  DType dtype;
  std::int64_t onnx;
};

constexpr std::array<FloatType, 4> kFloatTypes = {
    {{DType::kF64, 11}, {DType::kF32, 1}, {DType::kF16, 10}, {DType::kBF16, 16}}};

[[noreturn]] void ThrowCycle(const Graph& graph, const std::vector<int>& waiting) {
  std::string names;
  int shown = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (waiting[i] == 0) continue;
    if (++shown > 4) break;
    names += (names.empty() ? "" : ", ") + graph.nodes[i].op + " '" + graph.nodes[i].name + "'";
  }
  throw Error(ErrorKind::kInput,
              "the graph is cyclic: nodes wait for each other's results, among them " + names);
}

}  // namespace

std::string_view Name(DType dtype) { return RowOf(dtype).name; }

int Bits(DType dtype) { return RowOf(dtype).bits; }

std::optional<DType> DTypeFromName(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name && row.dtype != DType::kUnknown) return row.dtype;
  }
  return std::nullopt;
}

std::string ToString(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t extent : shape) {
    if (!text.empty()) text += 'x';
    text += std::to_string(extent);
  }
  return text;
}

std::int64_t ElementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) {
      throw Error(ErrorKind::kInput, "negative extent in the shape " + ToString(shape));
    }
    // By itself, too: no axis is longer than can be counted, though another one be empty.
    count = CheckedProduct({count, CheckedProduct({extent})});
  }
  return count;
}

ValueId Graph::AddValue(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

void SortTopologically(Graph& graph) {
  std::vector<int> producer(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId output : graph.nodes[i].outputs) {
      if (output != kNoValue) producer[static_cast<std::size_t>(output)] = static_cast<int>(i);
    }
  }
  std::vector<std::vector<int>> readers(graph.nodes.size());
  std::vector<int> waiting(graph.nodes.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId input : graph.nodes[i].inputs) {
      const int from = input == kNoValue ? -1 : producer[static_cast<std::size_t>(input)];
      if (from < 0) continue;
      readers[static_cast<std::size_t>(from)].push_back(static_cast<int>(i));
      ++waiting[i];
    }
  }
  // Smallest index first keeps the file's order wherever it is already valid.
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i] == 0) ready.push(static_cast<int>(i));
  }
  std::vector<Node> sorted;
  sorted.reserve(graph.nodes.size());
  while (!ready.empty()) {
    const auto next = static_cast<std::size_t>(ready.top());
    ready.pop();
    for (const int reader : readers[next]) {
      if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
    }
    sorted.push_back(std::move(graph.nodes[next]));
  }
  if (sorted.size() != graph.nodes.size()) ThrowCycle(graph, waiting);
  graph.nodes = std::move(sorted);
}

void SetFloatType(Graph& graph, DType dtype) {
  const auto is_float = [](DType t) {
    return std::any_of(kFloatTypes.begin(), kFloatTypes.end(),
                       [t](const FloatType& f) { return f.dtype == t; });
  };
  if (!is_float(dtype)) {
    throw Error(ErrorKind::kUsage, "dtype " + std::string(Name(dtype)) +
                                       " is no floating-point type; give f64, f32, f16 or bf16");
  }
  for (Value& value : graph.values) {
    if (is_float(value.dtype)) value.dtype = dtype;
  }
  const auto onnx_of = [](DType t) {
    return std::find_if(kFloatTypes.begin(), kFloatTypes.end(),
                        [t](const FloatType& f) { return f.dtype == t; })
        ->onnx;
  };
  for (Node& node : graph.nodes) {
    if (node.op != "Cast") continue;
    for (auto& [name, value] : node.attributes) {
      auto* const to = std::get_if<std::int64_t>(&value);
      if (name != "to" || to == nullptr) continue;
      const bool casts_to_float = std::any_of(kFloatTypes.begin(), kFloatTypes.end(),
                                              [&](const FloatType& f) { return f.onnx == *to; });
      if (casts_to_float) *to = onnx_of(dtype);
    }
  }
}

}  // namespace joulecast
