// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/embedding.h>

#include <algorithm>

#include "backends/torch/twin.h"
#include "base/checked.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) {
  return {{.shape = {spec.Get("batch")}, .dtype = DType::kI64, .below = spec.Get("vocabulary")}};
}

Step Make(const LayerSpec& spec, const Site& site) {
  const Shape table = {spec.Get("vocabulary"), spec.Get("width")};
  return [rows = site.source.Make({.shape = table}, TypeOf(spec)),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {Seen(at::embedding(rows, x[0]), shape)};
  };
}

/// The rows that nobody asks for.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  const std::int64_t rest = std::max<std::int64_t>(0, spec.Get("vocabulary") - spec.Get("batch"));
  return BytesOf(CheckedProduct({rest, spec.Get("width")}),
                 static_cast<std::int64_t>(TypeOf(spec)));
}

}  // namespace

extern const Twin kEmbeddingTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
