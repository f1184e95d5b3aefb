// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/topk.h>

#include <utility>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) {
  Shape shape = {spec.Get("tokens"), spec.Get("in")};
  if (spec.Get("shared") == 0) shape.insert(shape.begin() + 1, spec.Get("active"));
  return {{.shape = shape}};
}

/// Rows of the result, and of the input, that one expert computes.
struct Share {
  at::Tensor matrix;
  at::Tensor inputs;
  at::Tensor results;
};

/// A made-up router's choice: as many different experts for each token, evenly and independently,
/// as the catalogue counts. Experts that nobody chose do nothing.
std::vector<Share> MakeShares(const LayerSpec& spec, const Site& site) {
  const std::int64_t active = spec.Get("active");
  const Shape scores = {spec.Get("tokens"), spec.Get("experts")};
  const auto best = at::topk(site.source.Make({.shape = scores}, DType::kF32), active);
  const at::Tensor chosen = std::get<1>(best).flatten();
  std::vector<Share> shares;
  for (std::int64_t expert = 0; expert < scores[1]; ++expert) {
    const at::Tensor rows = chosen.eq(expert).nonzero().flatten();
    const Shape shape = {spec.Get("out"), spec.Get("in")};
    Share share{.matrix = site.source.Weights(shape, TypeOf(spec), shape[1]),
                .inputs = spec.Get("shared") != 0 ? rows.div(active, "floor") : rows,
                .results = rows};
    if (rows.numel() > 0) shares.push_back(std::move(share));
  }
  return shares;
}

Step Make(const LayerSpec& spec, const Site& site) {
  const std::int64_t rows = spec.Get("tokens") * spec.Get("active");
  return [=, shares = MakeShares(spec, site), in = spec.Get("in"), out = spec.Get("out"),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor inputs = Seen(x[0], {x[0].numel() / in, in});
    const at::Tensor results = at::empty({rows, out}, inputs.options());
    for (const Share& share : shares) {
      const at::Tensor chosen = inputs.index_select(0, share.inputs);
      results.index_copy_(0, share.results, at::linear(chosen, share.matrix));
    }
    return {Seen(results, shape)};
  };
}

}  // namespace

extern const Twin kExpertLinearTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
