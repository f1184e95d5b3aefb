// SPDX-License-Identifier: Apache-2.0
#include "layers/numbers.h"

#include "base/checked.h"

namespace joulecast {
namespace {

/// Counts coordinates up by one, the last axis first.
void Advance(std::vector<std::int64_t>& at, const Shape& shape) {
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (++at[axis] < shape[axis]) return;
    at[axis] = 0;
  }
}

}  // namespace

const Constant* NumbersOf(const NodeView& node, std::size_t i) {
  if (!node.HasInput(i)) return nullptr;
  const TensorInfo& input = node.Input(i);
  if (!input.constant) return nullptr;
  const std::size_t count = input.constant->ints.size() + input.constant->floats.size();
  const bool is_list = input.constant->ints.empty() || input.constant->floats.empty();
  const bool is_whole = static_cast<std::int64_t>(count) == ElementCount(input.shape);
  return is_list && is_whole ? &*input.constant : nullptr;
}

TensorInfo Known(Constant numbers) {
  TensorInfo tensor{.dtype = numbers.dtype, .shape = numbers.shape, .is_constant = true};
  tensor.constant = std::move(numbers);
  return tensor;
}

TensorInfo KnownInts(Shape shape, std::vector<std::int64_t> numbers, DType dtype) {
  return Known({.dtype = dtype, .shape = std::move(shape), .ints = std::move(numbers)});
}

std::vector<std::int64_t> StridesOf(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = CheckedProduct({strides[axis], shape[axis]});
  }
  return strides;
}

std::optional<TensorInfo> Rearranged(
    const Constant& from, const Shape& to,
    const std::function<std::int64_t(std::span<const std::int64_t>)>& place) {
  const std::int64_t count = ElementCount(to);
  if (count > kMostFolded) return std::nullopt;
  Constant result{.dtype = from.dtype, .shape = to};
  std::vector<std::int64_t> at(to.size(), 0);
  for (std::int64_t i = 0; i < count; ++i, Advance(at, to)) {
    const auto index = static_cast<std::size_t>(place(at));
    if (from.ints.empty()) {
      result.floats.push_back(from.floats.at(index));
    } else {
      result.ints.push_back(from.ints.at(index));
    }
  }
  return Known(std::move(result));
}

}  // namespace joulecast
