// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace joulecast {

/// Element types by their short names (`f32`). Names are written to disk: never rename.
enum class DType : std::uint8_t {
  kUnknown,
  kF64,
  kF32,
  kF16,
  kBF16,
  kI64,
  kI32,
  kI16,
  kI8,
  kU64,
  kU32,
  kU16,
  kU8,
  kBool,
  kF8,
  kI4,
  kU4,
  kC64,
  kC128,
  kString,
};

std::string_view Name(DType dtype);
std::optional<DType> DTypeFromName(std::string_view name);

/// Bits of one element; 0 for `unknown` and `string`, whose size says nothing.
int Bits(DType dtype);

/// Extents of a tensor, outermost first. A scalar has none.
using Shape = std::vector<std::int64_t>;

/// "8x64x56x56"; "scalar" for no dimensions.
std::string ToString(const Shape& shape);

/// Number of elements. Throws Error{kInput} when that does not fit in 2^53, or one is negative.
std::int64_t ElementCount(const Shape& shape);

/// A dimension as a file declares it: a number, or a name to be bound, or neither.
struct Dim {
  std::optional<std::int64_t> size;
  std::string symbol;
};

/// The numbers of a small constant tensor: shape arguments, axes, scales. Weights never get here.
struct Constant {
  DType dtype = DType::kUnknown;
  Shape shape;
  std::vector<std::int64_t> ints;  ///< filled for integer and bool types
  std::vector<double> floats;      ///< filled for floating types
};

using AttributeValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                                    std::vector<double>, Constant>;

/// Index of a value in its graph; kNoValue stands for an optional input left out.
using ValueId = std::int32_t;
inline constexpr ValueId kNoValue = -1;

/// One tensor of the graph, before shapes are resolved.
struct Value {
  std::string name;
  DType dtype = DType::kUnknown;
  std::optional<std::vector<Dim>> declared;  ///< what the file says, if it says anything
  bool is_constant = false;                  ///< a weight, or any other stored tensor
  std::optional<Constant> constant;          ///< its numbers, when small enough to matter
};

/// One operation. The vocabulary is ONNX's, whatever format the model came from; operations that
/// ONNX lacks have the domain "joulecast".
struct Node {
  std::string op;
  std::string domain;  ///< empty for ONNX's own operators
  std::string name;    ///< unique; a module path where the format knows one
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<std::pair<std::string, AttributeValue>> attributes;
  bool has_subgraph = false;  ///< If, Loop, Scan: control flow that is reported, not followed
};

/// A model as every format delivers it and every layer reads it.
struct Graph {
  std::string name;
  std::string format;  ///< "onnx", "zoo"
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs;  ///< what the caller feeds: weights are not among them
  std::vector<ValueId> outputs;
  /// What weights alone decide is computed once, before running. PyTorch does it in each run.
  bool folds_weights = true;

  ValueId AddValue(Value value);
};

/// Orders nodes so that each stands behind those it reads from; stable otherwise.
/// Throws Error{kInput} naming the nodes of a cycle.
void SortTopologically(Graph& graph);

/// Gives every floating-point tensor and every cast to one another floating-point type, as
/// `model.to(dtype)` does. Throws Error{kUsage} if `dtype` is no floating-point type.
void SetFloatType(Graph& graph, DType dtype);

}  // namespace joulecast
