// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/elementwise_twin.h"

#include <algorithm>
#include <string>

#include "joulecast/error.h"
#include "layers/elementwise.h"

namespace joulecast {
namespace {

[[noreturn]] void RefuseToBroadcast(const LayerSpec& spec) {
  throw Error(ErrorKind::kInput, spec.ToString() +
                                     ": cannot run alone: no operands of so many elements "
                                     "broadcast to its result; measure it in its network");
}

const Pairwise& KindOf(const Site& site, std::span<const Pairwise> kinds) {
  if (site.node == nullptr) return kinds[0];
  const auto kind = std::ranges::find(kinds, site.node->op(), &Pairwise::op);
  return kind == kinds.end() ? kinds[0] : *kind;
}

}  // namespace

std::vector<Shape> BroadcastingShapes(const LayerSpec& spec, std::int64_t out,
                                      const std::vector<std::int64_t>& elements) {
  std::vector<std::int64_t> ascending = elements;
  std::ranges::sort(ascending);
  std::vector<Shape> shapes(elements.size());
  Shape shape;
  std::int64_t reached = 1;
  for (const std::int64_t size : ascending) {
    if (size < 1 || size % reached != 0 || out % size != 0) RefuseToBroadcast(spec);
    if (shape.empty() || size > reached) shape.insert(shape.begin(), size / reached);
    reached = size;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (elements[i] == size) shapes[i] = shape;
    }
  }
  return shapes;
}

std::vector<Operand> ElementwiseOperands(const LayerSpec& spec) {
  const std::int64_t out = spec[kEwOut];
  std::vector<std::int64_t> elements(static_cast<std::size_t>(spec[kEwIn] / out), out);
  if (elements.empty()) RefuseToBroadcast(spec);
  if (spec[kEwIn] % out > 0) elements.push_back(spec[kEwIn] % out);
  std::vector<Operand> operands;
  for (const Shape& shape : BroadcastingShapes(spec, out, elements)) {
    operands.push_back({.shape = shape, .fill = Fill::kSigns});
  }
  return operands;
}

Step MakeElementwise(const LayerSpec& spec, const Site& site, std::span<const Pairwise> kinds) {
  const Pairwise& kind = KindOf(site, kinds);
  const auto join = spec[kEwInplace] != 0 ? kind.join_into : kind.join;
  return [join, stored = StoredInputs(spec, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    if (all.size() == 1) return {Seen(all[0], shape)};  // a sum of one
    at::Tensor result = join(all[0], all[1]);
    for (std::size_t i = 2; i < all.size(); ++i) result = join(result, all[i]);
    return {Seen(result, shape)};
  };
}

}  // namespace joulecast
