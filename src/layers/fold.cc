// SPDX-License-Identifier: Apache-2.0
#include "layers/fold.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;

/// Shape, from `start` to `end` of its axes.
TensorInfo FoldShape(const NodeView& node) {
  const Shape& shape = node.Input(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto clamp = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = clamp(node.Int("start", 0));
  const std::int64_t end = std::max(start, clamp(node.Int("end", rank)));
  return KnownInts({end - start}, Ints(shape.begin() + start, shape.begin() + end));
}

/// A tensor of one repeated number, 0 by default. Its input is its shape.
TensorInfo FoldConstantOfShape(const NodeView& node) {
  const auto dims = node.IntsArgument("shape", 0);
  if (!dims) node.Fail("it has no shape");
  Constant result{.dtype = DType::kF32, .shape = *dims};
  std::int64_t whole = 0;
  double fraction = 0;
  for (const auto& [name, value] : node.node().attributes) {
    const auto* fill = std::get_if<Constant>(&value);
    if (name != "value" || fill == nullptr) continue;
    result.dtype = fill->dtype;
    if (!fill->ints.empty()) whole = fill->ints[0];
    if (!fill->floats.empty()) fraction = fill->floats[0];
  }
  const std::int64_t count = ElementCount(result.shape);
  if (count > kMostFolded) {
    return {.dtype = result.dtype, .shape = result.shape, .is_constant = true};
  }
  if (result.dtype >= DType::kF64 && result.dtype <= DType::kBF16) {
    result.floats.assign(static_cast<std::size_t>(count), fraction);
  } else {
    result.ints.assign(static_cast<std::size_t>(count), whole);
  }
  return Known(std::move(result));
}

/// start, start + delta, ... below limit, in whole numbers or fractions.
std::optional<TensorInfo> FoldRange(const NodeView& node) {
  const Constant* arguments[3];
  for (std::size_t i = 0; i < 3; ++i) {
    arguments[i] = NumbersOf(node, i);
    if (arguments[i] == nullptr || ElementCount(arguments[i]->shape) != 1) {
      node.FailDataDependent("limit");
    }
  }
  const bool whole = std::ranges::none_of(arguments, [](auto* a) { return a->ints.empty(); });
  const auto number = [&](std::size_t i) {
    const Constant& argument = *arguments[i];
    return argument.ints.empty() ? argument.floats[0] : static_cast<double>(argument.ints[0]);
  };
  const double start = number(0);
  const double delta = number(2);
  const double steps = std::ceil((number(1) - start) / delta);
  if (!(steps < 9e15)) node.Fail("its step gets nowhere");
  // Past these, doubles are no whole numbers, and soon no int64.
  if (whole && !(std::abs(start) < 9e15 && std::abs(number(1)) < 9e15)) {
    node.Fail("its numbers are absurd");
  }
  const auto count = static_cast<std::int64_t>(std::max(0.0, steps));
  Constant result{.dtype = node.Input(0).dtype, .shape = {count}};
  if (count > kMostFolded) {
    return TensorInfo{.dtype = result.dtype, .shape = result.shape, .is_constant = true};
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const double at = start + static_cast<double>(i) * delta;
    if (whole) result.ints.push_back(static_cast<std::int64_t>(at));
    if (!whole) result.floats.push_back(at);
  }
  return Known(std::move(result));
}

/// Where the numbers that are not zero stand: one row for each axis.
std::optional<TensorInfo> FoldNonZero(const NodeView& node) {
  const Constant* from = NumbersOf(node, 0);
  if (from == nullptr) return std::nullopt;
  const Ints strides = StridesOf(from->shape);
  const std::size_t rank = from->shape.size();
  std::vector<Ints> rows(rank);
  for (std::int64_t i = 0; i < ElementCount(from->shape); ++i) {
    const auto index = static_cast<std::size_t>(i);
    const bool zero = from->ints.empty() ? from->floats[index] == 0 : from->ints[index] == 0;
    if (zero) continue;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      rows[axis].push_back(i / strides[axis] % from->shape[axis]);
    }
  }
  Ints joined;
  for (const Ints& row : rows) joined.insert(joined.end(), row.begin(), row.end());
  const auto found = rows.empty() ? 0 : static_cast<std::int64_t>(rows[0].size());
  return KnownInts({static_cast<std::int64_t>(rank), found}, std::move(joined));
}

Folded One(std::optional<TensorInfo> result) {
  if (!result) return std::nullopt;
  return std::vector{*std::move(result)};
}

}  // namespace

Folded Fold(const NodeView& node) {
  const std::string_view op = node.op();
  if (op == "Shape" && node.HasInput(0)) return One(FoldShape(node));
  if (op == "Size") return One(KnownInts({}, {ElementCount(node.Input(0).shape)}));
  if (op == "ConstantOfShape") return One(FoldConstantOfShape(node));
  if (op == "Range") return One(FoldRange(node));
  if (node.input_count() == 0 || NumbersOf(node, 0) == nullptr) return std::nullopt;
  if (op == "NonZero") return One(FoldNonZero(node));
  if (auto result = FoldMath(node)) return One(std::move(result));
  return FoldMove(node);
}

}  // namespace joulecast
