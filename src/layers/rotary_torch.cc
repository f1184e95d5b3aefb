// SPDX-License-Identifier: Apache-2.0
// Each pair of numbers by an angle of the table, one after the other whatever the heads.
#include <ATen/ops/stack.h>

#include "backends/torch/twin.h"
#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// [others, 2, table]: both numbers of a pair lie half a head apart, as in most models.
Shape PairShape(const LayerSpec& spec) {
  const std::int64_t angles = spec.Get("table") / 2;
  if (angles < 1 || spec.Get("table") % 2 != 0 || spec.Get("elements") % (2 * angles) != 0) {
    throw Error(ErrorKind::kInput, spec.ToString() + ": cannot run: its table, a sine and a " +
                                       "cosine for each pair, does not fit its elements");
  }
  return {spec.Get("elements") / (2 * angles), 2, angles};
}

std::vector<Operand> Operands(const LayerSpec& spec) {
  const Shape pairs = PairShape(spec);
  return {{.shape = {spec.Get("elements")}},
          {.shape = {pairs[2]}, .gets_gradient = false},
          {.shape = {pairs[2]}, .gets_gradient = false}};
}

/// In a network the rows of the tables are made up: which ones are read changes nothing that costs.
Step Make(const LayerSpec& spec, const Site& site) {
  const Shape pairs = PairShape(spec);
  const TensorSource tables = site.source.Untrained();
  const at::Tensor cosines = tables.Constant({pairs[2]}, TypeOf(spec), 0.8);
  const at::Tensor sines = tables.Constant({pairs[2]}, TypeOf(spec), 0.6);
  return [=, shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor heads = Seen(x[0], pairs);
    const at::Tensor a = heads.select(1, 0);
    const at::Tensor b = heads.select(1, 1);
    const at::Tensor turned =
        at::stack({a.mul(cosines).sub_(b.mul(sines)), a.mul(sines).add_(b.mul(cosines))}, 1);
    return {Seen(turned, shape)};
  };
}

/// Both products of each pair, and their sums before they are laid together.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  return CheckedProduct({2, spec.CountWork().output_bytes});
}

}  // namespace

extern const Twin kRotaryTwin = {.operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
