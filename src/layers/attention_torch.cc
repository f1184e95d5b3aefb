// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <string>

#include "backends/torch/attention_twin.h"
#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/attention.h"

namespace joulecast {
namespace {

std::int64_t Width(const LayerSpec& s) {
  return s[kAttHeads] * s[kAttDim] + s[kAttKvHeads] * (s[kAttDim] + s[kAttValueDim]);
}

/// Keys and values that are given: all of them, or those of the cache that new ones, projected
/// here, are put behind.
std::int64_t GivenKeys(const LayerSpec& s) {
  return s[kAttProject] > 0 ? s[kAttKeys] - std::min(s[kAttKeys], s[kAttQueries]) : s[kAttKeys];
}

std::vector<Operand> Operands(const LayerSpec& s) {
  if (s[kAttMask] > 0 && !MaskShape(s)) {
    throw Error(ErrorKind::kInput, s.ToString() + ": cannot run alone: a mask of so many " +
                                       "elements does not broadcast to the scores");
  }
  std::vector<Operand> operands = {
      {.shape = {s[kAttBatch], s[kAttHeads], s[kAttQueries], s[kAttDim]}}};
  if (s[kAttProject] > 0) operands[0].shape = {s[kAttBatch], s[kAttQueries], s[kAttProject]};
  operands.push_back({.shape = {s[kAttBatch], s[kAttKvHeads], GivenKeys(s), s[kAttDim]}});
  operands.push_back({.shape = {s[kAttBatch], s[kAttKvHeads], GivenKeys(s), s[kAttValueDim]}});
  if (s[kAttMask] > 0) operands.push_back({.shape = *MaskShape(s), .gets_gradient = false});
  return operands;
}

/// Queries, keys and values of tokens, by one linear layer; new ones go behind a cache, as far as
/// there are keys.
class Projection {
 public:
  Projection(const LayerSpec& spec, const Site& site) : spec_(spec) {
    const std::int64_t project = spec[kAttProject];
    weight_ = site.source.Weights({Width(spec), project}, TypeOf(spec), project);
    if (spec[kAttBias] != 0) bias_ = site.source.Weights({Width(spec)}, TypeOf(spec), project);
  }

  AttentionInputs Apply(const at::Tensor& x, const at::Tensor& past_keys,
                        const at::Tensor& past_values) const {
    const std::int64_t shared = spec_[kAttKvHeads];
    const auto parts =
        at::linear(x, weight_, bias_)
            .split_with_sizes({spec_[kAttHeads] * spec_[kAttDim], shared * spec_[kAttDim],
                               shared * spec_[kAttValueDim]},
                              2);
    const auto joined = [&](const at::Tensor& past, const at::Tensor& fresh) {
      const at::Tensor tokens = ByHead(fresh, shared);
      if (!past.defined() || past.size(2) == 0) return tokens.narrow(2, 0, spec_[kAttKeys]);
      return at::cat({past, tokens}, 2);
    };
    return {.queries = ByHead(parts[0], spec_[kAttHeads]),
            .keys = joined(past_keys, parts[1]),
            .values = joined(past_values, parts[2])};
  }

 private:
  LayerSpec spec_;
  at::Tensor weight_;
  at::Tensor bias_;
};

/// The cache is written in place: its new tokens are copied, not all of it.
Step MakeAlone(const LayerSpec& s, const Site& site) {
  const std::int64_t stored = s[kAttProject] > 0 ? 0 : s[kAttStored];
  const Shape fresh = {s[kAttBatch], s[kAttKvHeads], stored, s[kAttDim] + s[kAttValueDim]};
  std::optional<Projection> projection;
  if (s[kAttProject] > 0) projection.emplace(s, site);
  return [=, fresh = site.source.Make({.shape = fresh}, TypeOf(s))](
             std::span<const at::Tensor> x) -> Tensors {
    AttentionInputs inputs = projection
                                 ? projection->Apply(x[0], x[1], x[2])
                                 : AttentionInputs{.queries = x[0], .keys = x[1], .values = x[2]};
    if (stored > 0) {
      const std::int64_t start = s[kAttKeys] - stored;
      inputs.keys.narrow(2, start, stored).copy_(fresh.narrow(3, 0, s[kAttDim]));
      inputs.values.narrow(2, start, stored).copy_(fresh.narrow(3, s[kAttDim], s[kAttValueDim]));
    }
    if (x.size() > 3) inputs.mask = x[3];
    return {Attend(s, inputs), inputs.keys, inputs.values};
  };
}

/// Outputs are those of the operator: the result, heads merged again, and the cache.
Tensors AsResults(const LayerSpec& s, AttentionInputs inputs, const Shape& shape) {
  if (inputs.mask.defined()) {
    const auto mask_shape = MaskShape(s);
    const bool fits = mask_shape && inputs.mask.numel() == s[kAttMask];
    inputs.mask =
        fits ? inputs.mask.to(inputs.queries.scalar_type()).reshape(*mask_shape) : at::Tensor();
  }
  at::Tensor result = Attend(s, inputs);
  if (shape.size() == 3) result = result.transpose(1, 2);
  return {result.reshape(shape), inputs.keys, inputs.values};
}

Step MakeInNet(const LayerSpec& s, const Site& site) {
  const StoredInputs stored(s, site);
  const std::string op(site.node->op());
  if (s[kAttProject] == 0) {
    return [=, shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
      return AsResults(s, ReadAttention(op, s, stored.AmongThem(x)), shape);
    };
  }
  return [=, keeps_cache = site.node->node().outputs.size() > 1, projection = Projection(s, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    const bool has_past = all.size() > 4 && all[4].defined();
    AttentionInputs inputs = has_past
                                 ? projection.Apply(x[0], all[4].select(0, 0), all[4].select(0, 1))
                                 : projection.Apply(x[0], {}, {});
    if (all.size() > 3) inputs.mask = all[3];
    Tensors results = AsResults(s, inputs, shape);
    return keeps_cache ? Tensors{results[0], at::stack({results[1], results[2]})}
                       : Tensors{results[0]};
  };
}

Step Make(const LayerSpec& s, const Site& site) {
  return site.node != nullptr ? MakeInNet(s, site) : MakeAlone(s, site);
}

/// Scores before and after the softmax, unless they are taken block by block, and the heads that
/// are repeated.
std::int64_t ScratchBytes(const LayerSpec& s) {
  const std::int64_t scores =
      IsFused(s) ? 0 : CheckedProduct({2, s[kAttBatch], s[kAttHeads], s[kAttQueries], s[kAttKeys]});
  const std::int64_t tokens = CheckedProduct({2, s[kAttBatch], s[kAttKeys] + s[kAttQueries]});
  return BytesOf(CheckedSum({scores, CheckedProduct({tokens, Width(s)})}), s[kAttType]);
}

}  // namespace

extern const Twin kAttentionTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
