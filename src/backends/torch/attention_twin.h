// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// Queries [batch, heads, queries, dim], keys and values of kv_heads, and what is added to scores,
/// undefined if nothing is.
struct AttentionInputs {
  at::Tensor queries;
  at::Tensor keys;
  at::Tensor values;
  at::Tensor mask;
};

/// The shape of a mask of the spec's `mask` elements that broadcasts to the scores [batch, heads,
/// queries, keys]; nullopt if none has so many.
std::optional<Shape> MaskShape(const LayerSpec& spec);

/// softmax(queries keys^T / sqrt(dim) + mask) values: [batch, heads, queries, value_dim].
at::Tensor Attend(const LayerSpec& spec, const AttentionInputs& inputs);

/// Whether Attend never holds all scores at once, wherever it runs. Masked ones and those of f64
/// may be held, as not every kernel and version takes them.
bool IsFused(const LayerSpec& spec);

/// One token's numbers [batch, tokens, heads * dim] by head; what is so already stays.
at::Tensor ByHead(const at::Tensor& x, std::int64_t heads);

/// Reads the inputs of a node, absent ones undefined, as any of the operators without a projection
/// lays them out (`layers/attention_nodes.cc`).
AttentionInputs ReadAttention(std::string_view op, const LayerSpec& spec, const Tensors& all);

}  // namespace joulecast
