// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <numeric>

#include "base/checked.h"
#include "layers/fold.h"
#include "layers/slice.h"

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;
using Coordinates = std::span<const std::int64_t>;

Folded One(std::optional<TensorInfo> result) {
  if (!result) return std::nullopt;
  return std::vector{*std::move(result)};
}

/// Rows, or whatever lies behind `axis`, in the order of the indices.
Folded FoldGather(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  const Constant* indices = NumbersOf(node, 1);
  if (indices == nullptr || data.shape.empty()) return std::nullopt;
  const std::size_t axis = node.Axis(node.Int("axis", 0), data.shape.size());
  const std::int64_t extent = data.shape[axis];
  if (!indices->floats.empty()) node.Fail("its indices are fractions");
  for (const std::int64_t index : indices->ints) {
    if (index < -extent || index >= extent) {
      node.Fail("index " + std::to_string(index) + " is out of range");
    }
  }
  const Ints strides = StridesOf(data.shape);
  const Ints index_strides = StridesOf(indices->shape);
  const std::size_t index_rank = indices->shape.size();
  Shape to = data.shape;
  const auto place = to.erase(to.begin() + static_cast<std::ptrdiff_t>(axis));
  to.insert(place, indices->shape.begin(), indices->shape.end());
  return One(Rearranged(data, to, [&](Coordinates at) {
    std::int64_t which = 0;
    for (std::size_t i = 0; i < index_rank; ++i) which += at[axis + i] * index_strides[i];
    const std::int64_t index = indices->ints[static_cast<std::size_t>(which)];
    std::int64_t from = (index < 0 ? index + extent : index) * strides[axis];
    for (std::size_t i = 0; i < strides.size(); ++i) {
      if (i != axis) from += at[i < axis ? i : i + index_rank - 1] * strides[i];
    }
    return from;
  }));
}

Folded FoldSlice(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  const std::vector<AxisSlice> slices = ReadSlice(node, data.shape);
  const Ints strides = StridesOf(data.shape);
  Shape to;
  for (const AxisSlice& slice : slices) to.push_back(slice.count);
  return One(Rearranged(data, to, [&](Coordinates at) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      from += (slices[i].start + at[i] * slices[i].step) * strides[i];
    }
    return from;
  }));
}

Folded FoldSplit(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  if (data.shape.empty()) return std::nullopt;
  const std::size_t axis = node.Axis(node.Int("axis", 0), data.shape.size());
  const Ints strides = StridesOf(data.shape);
  std::vector<TensorInfo> parts;
  std::int64_t start = 0;
  for (const std::int64_t extent : ReadSplit(node, data.shape, axis)) {
    Shape to = data.shape;
    to[axis] = extent;
    auto part = Rearranged(data, to, [&](Coordinates at) {
      return std::inner_product(at.begin(), at.end(), strides.begin(), start * strides[axis]);
    });
    if (!part) return std::nullopt;
    parts.push_back(*std::move(part));
    start += extent;
  }
  return parts;
}

/// Joined along an axis: each element comes from the part that its coordinate falls into.
Folded FoldConcat(const NodeView& node) {
  Shape to = node.Input(0).shape;
  if (to.empty()) return std::nullopt;
  const std::size_t axis = node.Axis(node.Int("axis", 1), to.size());
  to[axis] = 0;
  Constant all{.dtype = node.Input(0).dtype};
  Ints bases;    // where each part's numbers begin in `all`
  Ints offsets;  // where each part begins along the axis
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const Constant* part = NumbersOf(node, i);
    if (part == nullptr || part->shape.size() != to.size()) return std::nullopt;
    for (std::size_t j = 0; j < to.size(); ++j) {
      if (j != axis && part->shape[j] != to[j])
        return std::nullopt;  // the layer says what is wrong
    }
    bases.push_back(static_cast<std::int64_t>(all.ints.size() + all.floats.size()));
    offsets.push_back(to[axis]);
    to[axis] = CheckedSum({to[axis], part->shape[axis]});
    all.ints.insert(all.ints.end(), part->ints.begin(), part->ints.end());
    all.floats.insert(all.floats.end(), part->floats.begin(), part->floats.end());
  }
  if (!all.ints.empty() && !all.floats.empty()) return std::nullopt;
  return One(Rearranged(all, to, [&](Coordinates at) {
    const auto behind = std::upper_bound(offsets.begin(), offsets.end(), at[axis]);
    const auto part = static_cast<std::size_t>(behind - offsets.begin()) - 1;
    const Ints strides = StridesOf(node.Input(part).shape);
    return std::inner_product(at.begin(), at.end(), strides.begin(),
                              bases[part] - offsets[part] * strides[axis]);
  }));
}

Folded FoldTranspose(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  Ints order(data.shape.size());
  std::iota(order.rbegin(), order.rend(), 0);
  order = node.Ints("perm").value_or(order);
  if (order.size() != data.shape.size()) return std::nullopt;  // the layer says what is wrong
  const Ints strides = StridesOf(data.shape);
  Shape to;
  Ints steps;
  for (const std::int64_t axis : order) {
    to.push_back(data.shape[node.Axis(axis, order.size())]);
    steps.push_back(strides[node.Axis(axis, order.size())]);
  }
  if (ElementCount(to) != ElementCount(data.shape)) return std::nullopt;
  return One(Rearranged(data, to, [&](Coordinates at) {
    return std::inner_product(at.begin(), at.end(), steps.begin(), std::int64_t{0});
  }));
}

/// Elements repeated: each coordinate counts modulo the extent that is there, aligned at the end.
Folded Repeated(const Constant& data, const Shape& to) {
  const Ints strides = StridesOf(data.shape);
  const std::size_t offset = to.size() - data.shape.size();
  return One(Rearranged(data, to, [&](Coordinates at) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      from += at[offset + i] % data.shape[i] * strides[i];
    }
    return from;
  }));
}

Folded FoldExpand(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  const auto target = node.IntsArgument("shape", 1);
  if (!target) return std::nullopt;
  return Repeated(data, BroadcastShape(node, data.shape, *target));
}

Folded FoldTile(const NodeView& node) {
  const Constant& data = *NumbersOf(node, 0);
  const auto repeats = node.IntsArgument("repeats", 1);
  if (!repeats || repeats->size() != data.shape.size()) return std::nullopt;
  Shape to;
  for (std::size_t i = 0; i < repeats->size(); ++i) {
    to.push_back(CheckedProduct({data.shape[i], (*repeats)[i]}));
  }
  return Repeated(data, to);
}

struct Rule {
  std::string_view op;
  Folded (*fold)(const NodeView&);
};

/// Views (Reshape, Squeeze, ...) keep numbers by themselves.
constexpr std::array kRules = {
    Rule{"Gather", FoldGather}, Rule{"Slice", FoldSlice},         Rule{"Split", FoldSplit},
    Rule{"Concat", FoldConcat}, Rule{"Transpose", FoldTranspose}, Rule{"Expand", FoldExpand},
    Rule{"Tile", FoldTile},
};

}  // namespace

Folded FoldMove(const NodeView& node) {
  const auto* rule = std::ranges::find(kRules, node.op(), &Rule::op);
  return rule == kRules.end() ? std::nullopt : rule->fold(node);
}

}  // namespace joulecast
