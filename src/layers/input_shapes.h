// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "joulecast/layer.h"

namespace joulecast {

/// Shapes of what the caller feeds, with every name bound to a number.
class InputShapes {
 public:
  /// Throws Error{kUsage} if the binding fits no input or contradicts itself. Both must outlive
  /// this object.
  InputShapes(const Graph& graph, const InputBinding& binding);

  std::int64_t batch() const { return batch_; }
  /// The batch that the file fixes, 0 if it fixes none.
  std::int64_t baked_batch() const { return baked_batch_; }

  /// Throws Error{kUsage} naming the flag that binds what is unbound.
  Shape Of(const Value& input) const;

  /// The declared shape of any value under the same bindings, if it is complete and holds.
  std::optional<Shape> Declared(const Value& value) const;

  /// Whether a shape is what the file declares of a value, as far as it does and that still holds.
  bool Agrees(const Value& value, const Shape& shape) const;

 private:
  void FindBakedBatch(const Value& input);
  const std::pair<const std::string, Shape>* GivenBatch() const;
  std::int64_t ChooseBatch() const;
  void LearnSymbols(const Value& input);
  void CheckEveryBindingIsUsed() const;
  bool KeepsFile(const Value& input) const;
  std::optional<std::int64_t> Bound(const Dim& dim) const;
  std::int64_t Extent(const Value& input, std::size_t axis) const;
  std::string Template(const Value& input, std::size_t unbound) const;

  const Graph& graph_;
  const InputBinding& binding_;
  std::int64_t baked_batch_ = 0;
  std::int64_t batch_ = 1;
  bool keeps_file_ = true;  ///< what the file says of shapes holds
  std::map<std::string, std::int64_t> symbols_;
};

}  // namespace joulecast
