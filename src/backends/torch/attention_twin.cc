// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/attention_twin.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
#include <ATen/ops/scaled_dot_product_attention.h>
#endif

#include <cmath>

#include "layers/attention.h"

namespace joulecast {
namespace {

/// Each head of keys or values once for every head of queries that shares it.
at::Tensor Shared(const at::Tensor& x, std::int64_t heads) {
  if (x.size(1) == heads) return x;
  const Shape s = ShapeOf(x);
  return x.unsqueeze(2)
      .expand({s[0], s[1], heads / s[1], s[2], s[3]})
      .reshape({s[0], heads, s[2], s[3]});
}

/// Where an operator has its inputs.
struct Places {
  std::size_t mask;
  std::size_t past;  ///< keys, then values
};

Places PlacesOf(std::string_view op) {
  if (op == "MultiHeadAttention") return {.mask = 5, .past = 6};
  if (op == "GroupQueryAttention") return {.mask = 99, .past = 3};
  return {.mask = 3, .past = 4};
}

at::Tensor At(const Tensors& all, std::size_t place) {
  return place < all.size() ? all[place] : at::Tensor();
}

/// Where there are no keys, they and the values lie behind the queries of each token.
void Unpack(const LayerSpec& s, AttentionInputs& inputs) {
  const at::Tensor packed = inputs.keys.defined() ? inputs.keys : inputs.queries;
  if (packed.dim() == 5) {  // [batch, tokens, heads, 2 or 3, dim]
    const std::int64_t last = packed.size(3) - 1;
    inputs.keys = packed.select(3, last - 1).transpose(1, 2);
    inputs.values = packed.select(3, last).transpose(1, 2);
    if (last == 2) inputs.queries = packed.select(3, 0).transpose(1, 2);
  } else if (!inputs.keys.defined()) {
    const std::int64_t shared = s[kAttKvHeads] * s[kAttDim];
    const auto parts = packed.split_with_sizes({s[kAttHeads] * s[kAttDim], shared, shared}, 2);
    inputs = {.queries = parts[0], .keys = parts[1], .values = parts[2], .mask = inputs.mask};
  }
}

}  // namespace

std::optional<Shape> MaskShape(const LayerSpec& s) {
  const std::int64_t batch = s[kAttBatch];
  const std::int64_t queries = s[kAttQueries];
  const std::int64_t keys = s[kAttKeys];
  for (const Shape& shape :
       {Shape{queries, keys}, Shape{batch, 1, queries, keys}, Shape{s[kAttHeads], queries, keys},
        Shape{batch, s[kAttHeads], queries, keys}, Shape{batch, 1, 1, keys}}) {
    if (ElementCount(shape) == s[kAttMask]) return shape;
  }
  return std::nullopt;
}

at::Tensor Attend(const LayerSpec& s, const AttentionInputs& inputs) {
  const at::Tensor keys = Shared(inputs.keys, s[kAttHeads]);
  const at::Tensor values = Shared(inputs.values, s[kAttHeads]);
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
  // Younger versions take a tensor that is undefined for a mask.
  if (!inputs.mask.defined()) return at::scaled_dot_product_attention(inputs.queries, keys, values);
  return at::scaled_dot_product_attention(inputs.queries, keys, values, inputs.mask);
#else
  const double scale = 1 / std::sqrt(static_cast<double>(s[kAttDim]));
  at::Tensor scores = at::matmul(inputs.queries.mul(scale), keys.transpose(-2, -1));
  if (inputs.mask.defined()) scores = scores.add_(inputs.mask);
  return at::matmul(at::softmax(scores, -1), values);
#endif
}

bool IsFused([[maybe_unused]] const LayerSpec& s) {
#if __has_include(<ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>)
  return s[kAttMask] == 0 && s[kAttDim] == s[kAttValueDim] && Bits(TypeOf(s)) <= 32;
#else
  return false;
#endif
}

at::Tensor ByHead(const at::Tensor& x, std::int64_t heads) {
  if (x.dim() == 4) return x;
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

AttentionInputs ReadAttention(std::string_view op, const LayerSpec& s, const Tensors& all) {
  const Places places = PlacesOf(op);
  AttentionInputs inputs{.queries = all[0], .keys = At(all, 1), .values = At(all, 2)};
  if (!inputs.values.defined()) Unpack(s, inputs);
  inputs.queries = ByHead(inputs.queries, s[kAttHeads]);
  inputs.keys = ByHead(inputs.keys, s[kAttKvHeads]);
  inputs.values = ByHead(inputs.values, s[kAttKvHeads]);
  if (const at::Tensor past = At(all, places.past); past.defined()) {
    inputs.keys = at::cat({past, inputs.keys}, 2);
    inputs.values = at::cat({At(all, places.past + 1), inputs.values}, 2);
  }
  inputs.mask = At(all, places.mask);
  return inputs;
}

}  // namespace joulecast
