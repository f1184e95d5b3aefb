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

/// Indices that are stored with the model, such as the one position of a decode pass; undefined
/// where they are computed.
at::Tensor StoredIndices(const LayerSpec& spec, const Site& site) {
  if (site.node == nullptr || !site.node->Input(1).is_constant) return {};
  const TensorInfo& input = site.node->Input(1);
  const std::int64_t vocabulary = spec.Get("vocabulary");
  const bool known = input.constant && static_cast<std::int64_t>(input.constant->ints.size()) ==
                                           ElementCount(input.shape);
  const at::Tensor indices =
      known ? site.source.Known(*input.constant, input.shape, DType::kI64)
            : site.source.Make({.shape = input.shape, .below = vocabulary}, DType::kI64);
  return indices.remainder(vocabulary);  // they may count back
}

Step Make(const LayerSpec& spec, const Site& site) {
  const Shape table = {spec.Get("vocabulary"), spec.Get("width")};
  const at::Tensor stored = StoredIndices(spec, site);
  return [stored, rows = site.source.Make({.shape = table}, TypeOf(spec)),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {Seen(at::embedding(rows, stored.defined() ? stored : x[0]), shape)};
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
