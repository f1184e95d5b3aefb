// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

/// The first choice is as large as the result.
std::vector<Operand> Operands(const LayerSpec& spec) {
  const std::int64_t out = spec.Get("out");
  const auto shapes =
      BroadcastingShapes(spec, out, {spec.Get("conditions"), out, spec.Get("in") - out});
  return {{.shape = shapes[0], .dtype = DType::kBool}, {.shape = shapes[1]}, {.shape = shapes[2]}};
}

Step Make(const LayerSpec& spec, const Site& site) {
  return [stored = StoredInputs(spec, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    return {Seen(at::where(all[0], all[1], all[2]), shape)};
  };
}

}  // namespace

extern const Twin kWhereTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
