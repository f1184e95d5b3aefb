// SPDX-License-Identifier: Apache-2.0
// Alone, each row of a matrix is summed.
#include <algorithm>
#include <numeric>

#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

/// Whatever is reduced along, made the last axis.
using Reduction = at::Tensor (*)(const at::Tensor&, const Shape& axes);

struct Kind {
  std::string_view op;
  Reduction apply;
};

constexpr Kind kKinds[] = {
    {"ReduceSum", [](const at::Tensor& x, const Shape& axes) { return x.sum(axes); }},
    {"ReduceMean", [](const at::Tensor& x, const Shape& axes) { return x.mean(axes); }},
    {"ReduceMax", [](const at::Tensor& x, const Shape& axes) { return x.amax(axes); }},
    {"ReduceMin", [](const at::Tensor& x, const Shape& axes) { return x.amin(axes); }},
    {"ReduceL1", [](const at::Tensor& x, const Shape& axes) { return x.norm(1, axes); }},
    {"ReduceL2", [](const at::Tensor& x, const Shape& axes) { return x.norm(2, axes); }},
    {"ReduceLogSum", [](const at::Tensor& x, const Shape& axes) { return x.sum(axes).log_(); }},
    {"ReduceLogSumExp", [](const at::Tensor& x, const Shape& axes) { return x.logsumexp(axes); }},
    {"ReduceSumSquare",
     [](const at::Tensor& x, const Shape& axes) { return x.square().sum(axes); }},
    {"ReduceProd", [](const at::Tensor& x, const Shape& axes) { return x.prod(axes.at(0)); }},
    {"ArgMax", [](const at::Tensor& x, const Shape& axes) { return x.argmax(axes.at(0)); }},
    {"ArgMin", [](const at::Tensor& x, const Shape& axes) { return x.argmin(axes.at(0)); }},
};

std::vector<Operand> Operands(const LayerSpec& s) {
  CheckMove(s, s[kMoveIn] > 0 && s[kMoveIn] % s[kMoveOut] == 0 && s[kMoveIndices] == 0);
  return {{.shape = {s[kMoveOut], s[kMoveIn] / s[kMoveOut]}}};
}

/// The result's shape says it already where an extent of 1 stays; `keepdims` where it goes.
Shape Axes(const NodeView& node) {
  const std::size_t rank = node.Input(0).shape.size();
  const bool is_place = node.op() == "ArgMax" || node.op() == "ArgMin";
  Shape axes =
      is_place ? Shape{node.Int("axis", 0)} : node.IntsArgument("axes", 1).value_or(Shape());
  if (axes.empty()) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  return axes;
}

Step Make(const LayerSpec&, const Site& site) {
  const Kind* kind = std::begin(kKinds);
  Shape axes = {1};
  if (site.node != nullptr) {
    kind = std::ranges::find(kKinds, site.node->op(), &Kind::op);
    axes = Axes(*site.node);
    // An empty list that the node takes for no axes at all: a copy.
    if (site.output_shape == site.node->Input(0).shape) axes.clear();
  }
  return [apply = kind->apply, axes,
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {axes.empty() ? x[0].clone() : Seen(apply(x[0], axes), shape)};
  };
}

}  // namespace

extern const Twin kReduceTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
