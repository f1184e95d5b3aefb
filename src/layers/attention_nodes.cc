// SPDX-License-Identifier: Apache-2.0
// How four operators lay out queries, keys, values and caches.
#include "base/checked.h"
#include "layers/attention.h"
#include "layers/product.h"

namespace joulecast {
namespace {

/// What an operator says, whatever its layout.
struct Reading {
  std::int64_t batch = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t queries = 0;
  std::int64_t new_keys = 0;  ///< besides those of the cache
  std::int64_t past_keys = 0;
  std::int64_t dim = 0;
  std::int64_t value_dim = 0;
  std::int64_t project = 0;
  bool bias = false;
  std::int64_t mask = 0;
  bool splits_heads = false;  ///< the result is [batch, heads, queries, value_dim]
};

std::int64_t ElementsOf(const NodeView& node, std::size_t i) {
  return node.HasInput(i) ? ElementCount(node.Input(i).shape) : 0;
}

/// Extent of a width that so many heads share.
std::int64_t PerHead(const NodeView& node, std::int64_t width, std::int64_t heads) {
  if (heads < 1 || width % heads != 0) {
    node.Fail(std::to_string(heads) + " heads do not divide " + std::to_string(width) +
              " numbers per token");
  }
  return width / heads;
}

/// Tokens of a cache [batch, heads, tokens, dim]; 0 without one.
std::int64_t PastKeys(const NodeView& node, std::size_t i) {
  return node.HasInput(i) ? node.InputOfRank(i, 4).shape[2] : 0;
}

/// Keys or values: [batch, heads, tokens, dim] or [batch, tokens, heads * dim].
struct Tokens {
  std::int64_t count;
  std::int64_t dim;
};

Tokens ReadTokens(const NodeView& node, std::size_t i, std::int64_t heads) {
  const Shape& shape = node.InputOfRank(i, 3).shape;
  if (shape.size() == 4) return {.count = shape[2], .dim = shape[3]};
  return {.count = shape[1], .dim = PerHead(node, shape[2], heads)};
}

/// ONNX: Q, K, V, attn_mask, past_key, past_value.
Reading ReadOnnx(const NodeView& node) {
  const Shape& q = node.InputOfRank(0, 3).shape;
  const bool split = q.size() == 4;
  Reading r{.batch = q[0], .queries = split ? q[2] : q[1], .splits_heads = split};
  r.heads = split ? q[1] : node.Int("q_num_heads", 0);
  const Shape& k = node.InputOfRank(1, 3).shape;
  r.kv_heads = k.size() == 4 ? k[1] : node.Int("kv_num_heads", 0);
  r.dim = ReadTokens(node, 0, r.heads).dim;
  r.new_keys = ReadTokens(node, 1, r.kv_heads).count;
  r.value_dim = ReadTokens(node, 2, r.kv_heads).dim;
  r.mask = ElementsOf(node, 3);
  r.past_keys = PastKeys(node, 4);
  return r;
}

/// ONNX Runtime: query, key, value, bias, key_padding_mask, attention_bias, past_key, past_value.
/// Queries, keys and values may come packed: [batch, tokens, heads, 3, dim] alone, or keys and
/// values [batch, tokens, heads, 2, dim] in the key's place.
Reading ReadMultiHead(const NodeView& node) {
  const Shape& q = node.InputOfRank(0, 3).shape;
  Reading r{.batch = q[0], .heads = node.Int("num_heads", 0), .queries = q[1]};
  r.kv_heads = r.heads;
  r.dim = q.size() == 5 ? q[4] : PerHead(node, q.back(), r.heads);
  r.new_keys = r.queries;
  r.value_dim = r.dim;
  if (node.HasInput(1)) {
    const Shape& k = node.InputOfRank(1, 3).shape;
    r.new_keys = k.size() == 5 ? k[1] : ReadTokens(node, 1, r.heads).count;
  }
  if (node.HasInput(2)) r.value_dim = ReadTokens(node, 2, r.heads).dim;
  r.bias = node.HasInput(3);
  r.mask = CheckedSum({ElementsOf(node, 4), ElementsOf(node, 5)});
  r.past_keys = PastKeys(node, 6);
  return r;
}

/// ONNX Runtime: query, key, value, past_key, past_value, seqlens_k, total_sequence_length; all
/// three packed into the query where there is no key.
Reading ReadGroupQuery(const NodeView& node) {
  const Shape& q = node.InputOfRank(0, 3).shape;
  Reading r{.batch = q[0],
            .heads = node.Int("num_heads", 0),
            .kv_heads = node.Int("kv_num_heads", 0),
            .queries = q[1]};
  const std::int64_t packed = node.HasInput(1) ? 0 : CheckedProduct({2, r.kv_heads});
  const std::int64_t sharers = CheckedSum({r.heads, packed});
  r.dim = PerHead(node, q[2], sharers);
  r.value_dim = r.dim;
  r.new_keys = r.queries;
  r.past_keys = PastKeys(node, 3);
  return r;
}

/// ONNX Runtime: input, weights, bias, mask_index, past [2, batch, heads, tokens, dim].
Reading ReadProjecting(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 3).shape;
  const Shape& w = node.InputOfRank(1, 2).shape;
  Reading r{.batch = x[0], .heads = node.Int("num_heads", 0), .queries = x[1], .project = x[2]};
  if (w[0] != x[2]) {
    node.Fail("weights " + ToString(w) + " do not fit the input " + ToString(x));
  }
  const auto widths = node.Ints("qkv_hidden_sizes");
  if (widths && widths->size() != 3) node.Fail("'qkv_hidden_sizes' should have 3 numbers");
  r.kv_heads = r.heads;
  r.dim = PerHead(node, widths ? (*widths)[0] : w[1] / 3, r.heads);
  r.value_dim = PerHead(node, widths ? (*widths)[2] : w[1] / 3, r.heads);
  r.new_keys = r.queries;
  r.bias = node.HasInput(2);
  r.mask = ElementsOf(node, 3);
  if (node.HasInput(4)) r.past_keys = node.InputOfRank(4, 5).shape[3];
  return r;
}

Reading Read(const NodeView& node) {
  if (node.op() == "MultiHeadAttention") return ReadMultiHead(node);
  if (node.op() == "GroupQueryAttention") return ReadGroupQuery(node);
  return node.node().domain.empty() ? ReadOnnx(node) : ReadProjecting(node);
}

}  // namespace

Lowered LowerAttention(const NodeView& node, const LayerType& type) {
  const Reading r = Read(node);
  const std::int64_t keys = CheckedSum({r.past_keys, r.new_keys});
  const bool keeps_cache = node.node().outputs.size() > 1;
  LayerSpec spec(type);
  spec.Set(kAttBatch, r.batch)
      .Set(kAttHeads, r.heads)
      .Set(kAttKvHeads, r.kv_heads)
      .Set(kAttQueries, r.queries)
      .Set(kAttKeys, keys)
      .Set(kAttDim, r.dim)
      .Set(kAttValueDim, r.value_dim)
      .Set(kAttProject, r.project)
      .Set(kAttBias, r.bias ? 1 : 0)
      .Set(kAttMask, r.mask)
      .Set(kAttStored, keeps_cache ? r.new_keys : 0)
      .Set(kAttType, ProductType(node.Input(0)));
  std::optional<Shape> merged;
  if (!r.splits_heads) merged = Shape{r.batch, r.queries, CheckedProduct({r.heads, r.value_dim})};
  Lowered lowered = LowerTo(node, spec, merged);
  const auto add = [&](Shape shape) {
    lowered.outputs.push_back({.dtype = node.Input(0).dtype, .shape = std::move(shape)});
  };
  if (r.project > 0) {
    add({2, r.batch, r.kv_heads, keys, r.dim});
  } else {
    add({r.batch, r.kv_heads, keys, r.dim});
    add({r.batch, r.kv_heads, keys, r.value_dim});
    add({r.batch, r.heads, r.queries, keys});
  }
  return lowered;
}

}  // namespace joulecast
