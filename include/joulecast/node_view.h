// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {

/// A node whose result has a shape that only running it tells.
class DataDependent : public Error {
 public:
  explicit DataDependent(const std::string& message) : Error(ErrorKind::kInput, message) {}
};

/// One graph node with its inputs resolved: what a layer type lowers.
class NodeView {
 public:
  struct Context {
    std::int64_t baked_batch = 0;     ///< the batch that the file fixes, 0 if it fixes none
    std::int64_t batch = 1;           ///< the batch that the caller wants
    bool input_is_rectified = false;  ///< the first input is a relu's result, or a view of it
    bool is_requantization = false;   ///< an integer kernel beside it does it on its way
    bool input_is_dead = false;       ///< nobody else reads the first input: it may be overwritten
  };

  /// An input that is absent, or whose shape could not be known, is null.
  NodeView(const Node& node, std::span<const TensorInfo* const> inputs, Context context)
      : node_(node), inputs_(inputs), context_(context) {}

  const Node& node() const { return node_; }
  std::string_view op() const { return node_.op; }
  const Context& context() const { return context_; }

  std::size_t input_count() const { return inputs_.size(); }
  bool HasInput(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  /// Throws Error{kInput} if the input is absent.
  const TensorInfo& Input(std::size_t i) const;
  /// The same, and throws Error{kInput} if it has fewer dimensions than `rank`.
  const TensorInfo& InputOfRank(std::size_t i, std::size_t rank) const;

  bool HasAttribute(std::string_view name) const { return Find(name) != nullptr; }
  std::int64_t Int(std::string_view name, std::int64_t otherwise) const;
  double Float(std::string_view name, double otherwise) const;
  std::string String(std::string_view name, std::string_view otherwise) const;
  std::optional<std::vector<std::int64_t>> Ints(std::string_view name) const;

  /// A list of numbers; a single tensor's where the attribute is one.
  std::optional<std::vector<double>> Floats(std::string_view name) const;
  /// An element type, which the graph gives by its name ("f16").
  std::optional<DType> ElementType(std::string_view name) const;

  /// A list of integers that older opsets give as the attribute `name` and newer ones as input `i`.
  /// nullopt if neither is there. Throws DataDependent if the input is not a known constant.
  std::optional<std::vector<std::int64_t>> IntsArgument(std::string_view name, std::size_t i) const;
  std::optional<std::vector<double>> FloatsArgument(std::string_view name, std::size_t i) const;

  /// An axis counted from the back when negative; throws Error{kInput} out of range.
  std::size_t Axis(std::int64_t axis, std::size_t rank) const;

  /// Throws Error{kInput}: "Conv 'features.0': " and the message.
  [[noreturn]] void Fail(const std::string& message) const;

  /// Throws DataDependent: so-and-so "is computed from data at run time".
  [[noreturn]] void FailDataDependent(std::string_view argument) const;

 private:
  const AttributeValue* Find(std::string_view name) const;

  const Node& node_;
  std::span<const TensorInfo* const> inputs_;
  Context context_;
};

/// The usual end of `lower`: validates the spec and pairs it with one output of the first input's
/// element type. The shape is the spec's own, or the given one where the spec is flattened.
Lowered LowerTo(const NodeView& node, LayerSpec spec,
                std::optional<Shape> output_shape = std::nullopt);

}  // namespace joulecast
