// SPDX-License-Identifier: Apache-2.0
// attention -- y[b, h, q] = sum over keys of softmax(query[b, h, q] . key[b, g, k]) value[b, g, k],
// in one operator; heads h share the kv_heads g in groups. What a model has as MatMul, Softmax and
// MatMul instead stays three layers.
#include "layers/attention.h"

#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/product.h"

namespace joulecast {
namespace {

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "heads"},     // of the queries
    {.name = "kv_heads"},  // of keys and values
    {.name = "queries"},   // tokens asked about
    {.name = "keys"},      // tokens attended to, those of a cache included
    {.name = "dim"},       // of a query or key, per head
    {.name = "value_dim"},
    // Width of the tokens that the operator projects to queries, keys and values itself; 0 if it
    // is given those.
    {.name = "project", .min = 0, .default_value = 0, .shown = false},
    {.name = "bias",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 0,
     .shown = false,
     .minor = true},
    {.name = "mask", .min = 0, .default_value = 0, .shown = false},    // elements
    {.name = "stored", .min = 0, .default_value = 0, .shown = false},  // tokens added to the cache
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

void Check(const LayerSpec& s) {
  if (s[kAttHeads] % s[kAttKvHeads] != 0) {
    throw Error(ErrorKind::kInput, "attention: kv_heads=" + std::to_string(s[kAttKvHeads]) +
                                       " does not divide heads=" + std::to_string(s[kAttHeads]));
  }
  if (s[kAttStored] > s[kAttKeys]) {
    throw Error(ErrorKind::kInput, "attention: stored=" + std::to_string(s[kAttStored]) +
                                       " exceeds keys=" + std::to_string(s[kAttKeys]) +
                                       ", of which they are a part");
  }
}

Shape OutputShape(const LayerSpec& s) {
  return {s[kAttBatch], s[kAttHeads], s[kAttQueries], s[kAttValueDim]};
}

/// Numbers per token of queries, and of keys and values.
std::int64_t QueryWidth(const LayerSpec& s) { return CheckedProduct({s[kAttHeads], s[kAttDim]}); }
std::int64_t KeyValueWidth(const LayerSpec& s) {
  return CheckedProduct({s[kAttKvHeads], s[kAttDim] + s[kAttValueDim]});
}

std::int64_t Scores(const LayerSpec& s) {
  return CheckedProduct({s[kAttBatch], s[kAttHeads], s[kAttQueries], s[kAttKeys]});
}

/// Each query meets each key, whatever a mask then hides: what skips masked pairs is a kernel's
/// affair.
Work CountWork(const LayerSpec& s) {
  const std::int64_t width = CheckedSum({QueryWidth(s), KeyValueWidth(s)});
  const std::int64_t tokens = CheckedProduct({s[kAttBatch], s[kAttQueries]});
  const std::int64_t projected = CheckedProduct({tokens, width, s[kAttProject]});
  // Tokens projected here come as they are; else the new ones come as queries, keys and values.
  const std::int64_t cached =
      s[kAttProject] > 0 ? s[kAttKeys] - std::min(s[kAttKeys], s[kAttQueries]) : s[kAttKeys];
  const std::int64_t asked = s[kAttProject] > 0 ? s[kAttProject] : QueryWidth(s);
  const std::int64_t params = CheckedProduct({s[kAttProject] + s[kAttBias], width});
  return {
      .macs = CheckedSum({CheckedProduct({Scores(s), s[kAttDim] + s[kAttValueDim]}), projected}),
      .bias_adds = s[kAttBias] * CheckedProduct({tokens, width}),
      .params = params,
      .input_bytes = BytesOf(
          CheckedSum({CheckedProduct({tokens, asked}),
                      CheckedProduct({s[kAttBatch], cached, KeyValueWidth(s)}), s[kAttMask]}),
          s[kAttType]),
      .output_bytes =
          BytesOf(CheckedSum({ElementCount(OutputShape(s)),
                              CheckedProduct({s[kAttBatch], s[kAttStored], KeyValueWidth(s)})}),
                  s[kAttType]),
      .weight_bytes = BytesOf(params, s[kAttType])};
}

/// Masks get no gradient.
Work CountBackward(const LayerSpec& s, bool input_grad) {
  if (s[kAttStored] > 0) {
    throw Error(ErrorKind::kInput, "attention: a cache is not for training: leave stored=" +
                                       std::to_string(s[kAttStored]) + " out of pass=backward");
  }
  Work work = BackwardOfFunction(s, input_grad);
  if (input_grad) work.output_bytes -= BytesOf(s[kAttMask], s[kAttType]);
  return work;
}

constexpr auto kTerms = [] {
  std::array<Term, kProductTermCount + 1> terms{};
  *std::copy(kProductTerms.begin(), kProductTerms.end(), terms.begin()) = {
      "scores", "gelement", Part::kArithmetic, Overlap::kCompute};
  return terms;
}();

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  MeasureProduct(s, traits, amounts);
  amounts[kProductTermCount] = 1e-9 * static_cast<double>(Scores(s));
}

/// Each query as a row by the keys and values of its head: the same MACs. None where the operator
/// projects, too.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  if (s[kAttProject] > 0) return std::nullopt;
  LayerSpec linear(kLinear);
  linear.Set(linear.SlotOf("batch"), CheckedProduct({s[kAttBatch], s[kAttHeads], s[kAttQueries]}))
      .Set(linear.SlotOf("in"), s[kAttDim] + s[kAttValueDim])
      .Set(linear.SlotOf("out"), s[kAttKeys])
      .Set(linear.SlotOf("bias"), 0)
      .Set(linear.SlotOf("dtype"), s[kAttType]);
  return linear;
}

std::optional<Lowered> Lower(const NodeView& node) { return LowerAttention(node, kAttention); }

constexpr std::string_view kOps[] = {"Attention", "com.microsoft::Attention",
                                     "com.microsoft::MultiHeadAttention",
                                     "com.microsoft::GroupQueryAttention"};

}  // namespace

const LayerType kAttention = {
    .name = "attention",
    .summary = "scaled dot-product attention in one operator",
    .example = "attention batch=8 heads=12 kv_heads=12 queries=197 keys=197 dim=64 value_dim=64",
    .params = kParams,
    .ops = kOps,
    .check = Check,
    .output_shape = OutputShape,
    .work = CountWork,
    .lower = Lower,
    .terms = kTerms,
    .amounts = MeasureAmounts,
    .backward = CountBackward,
    .relative = Relative};

}  // namespace joulecast
