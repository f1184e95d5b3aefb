// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "joulecast/error.h"
#include "layers/node_view.h"

namespace joulecast {

/// For tests: single nodes, and what becomes of them.
using Ints = std::vector<std::int64_t>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

inline TensorInfo Data(Shape shape, DType dtype = DType::kF32) {
  return {.dtype = dtype, .shape = std::move(shape)};
}

inline TensorInfo Stored(Shape shape, DType dtype = DType::kF32) {
  return {.dtype = dtype, .shape = std::move(shape), .is_constant = true};
}

/// An optional input left out.
inline TensorInfo Absent() { return {}; }

inline TensorInfo Numbers(Ints ints) {
  const Shape shape = {static_cast<std::int64_t>(ints.size())};
  return {.dtype = DType::kI64,
          .shape = shape,
          .is_constant = true,
          .constant = Constant{.dtype = DType::kI64, .shape = shape, .ints = std::move(ints)}};
}

struct Result {
  std::string spec;
  std::string shape;  ///< of the first output

  friend bool operator==(const Result&, const Result&) = default;
};

inline void PrintTo(const Result& result, std::ostream* out) {
  *out << result.spec << " -> " << result.shape;
}

/// "com.microsoft::Gelu" has a domain; a tensor of unknown type is an input left out.
inline std::optional<Lowered> LowerWhole(const std::string& op,
                                         const std::vector<TensorInfo>& inputs,
                                         const Attributes& attributes = {},
                                         NodeView::Context context = {}) {
  const std::size_t colon = op.find("::");
  const bool is_plain = colon == std::string::npos;
  const Node node{.op = is_plain ? op : op.substr(colon + 2),
                  .domain = is_plain ? "" : op.substr(0, colon),
                  .name = "n",
                  .attributes = attributes};
  std::vector<const TensorInfo*> pointers;
  for (const TensorInfo& input : inputs) {
    pointers.push_back(input.dtype == DType::kUnknown ? nullptr : &input);
  }
  return LowerNode(NodeView(node, pointers, context));
}

inline Result Lower(const std::string& op, const std::vector<TensorInfo>& inputs,
                    const Attributes& attributes = {}, NodeView::Context context = {}) {
  const auto lowered = LowerWhole(op, inputs, attributes, context);
  if (!lowered) return {"unknown", ""};
  return {lowered->spec.ToString(), ToString(lowered->outputs.at(0).shape)};
}

inline std::string Complaint(const std::string& op, const std::vector<TensorInfo>& inputs,
                             const Attributes& attributes = {}) {
  try {
    return "accepted as " + Lower(op, inputs, attributes).spec;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

}  // namespace joulecast
