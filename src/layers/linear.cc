// SPDX-License-Identifier: Apache-2.0
// linear -- y[batch, out] = x[batch, in] * w[out, in]^T + b[out]; further leading dimensions of x
// are part of the batch.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "layers/product.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kIn, kOut, kBias, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "in"},
    {.name = "out"},
    {.name = "bias",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 1,
     .shown = false,
     .minor = true},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kOut]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = CheckedProduct({s[kBatch], s[kOut]});
  const std::int64_t params = CheckedSum({CheckedProduct({s[kIn], s[kOut]}), s[kBias] * s[kOut]});
  return {.macs = CheckedProduct({outputs, s[kIn]}),
          .bias_adds = s[kBias] * outputs,
          .params = params,
          .input_bytes = BytesOf(CheckedProduct({s[kBatch], s[kIn]}), s[kType]),
          .output_bytes = BytesOf(outputs, s[kType]),
          .weight_bytes = BytesOf(params, s[kType])};
}

/// The bias is not read again.
Work CountBackward(const LayerSpec& s, bool input_grad) {
  Work work = BackwardOfFunction(s, input_grad);
  if (input_grad) work.weight_bytes -= BytesOf(s[kBias] * s[kOut], s[kType]);
  return work;
}

/// Any product of rows by one stored matrix.
std::optional<Lowered> Lower(const NodeView& node) {
  const MatrixProduct product = ReadMatrixProduct(node);
  const Shape& a = product.a_shape;
  const Shape& b = product.b_shape;
  if (!product.b.is_constant || b.size() != 2) return std::nullopt;  // matmul
  if (b[0] != a.back()) {
    node.Fail("weights " + ToString(product.b.shape) + " do not fit the input " +
              ToString(product.a.shape));
  }
  Shape output = a;
  output.back() = b[1];
  LayerSpec spec(kLinear);
  spec.Set(kBatch, ElementCount(Shape(a.begin(), a.end() - 1)))
      .Set(kIn, b[0])
      .Set(kOut, b[1])
      .Set(kBias, product.bias ? 1 : 0)
      .Set(kType, product.dtype);
  return WithResultType(LowerTo(node, spec, output), product.result);
}

constexpr Term kTerms[] = {
    {"macs", "gmac", Part::kArithmetic, Overlap::kCompute},
    {"weights_cached", "gb", Part::kWeights, Overlap::kTraffic},
    {"weights_from_memory", "gb", Part::kWeights, Overlap::kTraffic},
    {"weights_for_few_rows", "gb", Part::kWeights, Overlap::kTraffic},
    {"input", "gb", Part::kInput},
    {"output", "gb", Part::kOutput},
    {"call", "call", Part::kOverhead},
};

enum TermIndex : std::size_t {
  kMacs,
  kWeightsCached,
  kWeightsFromMemory,
  kWeightsForFewRows,
  kInput,
  kOutput,
  kCall,
};

/// Rows that a matrix product takes at once: it streams its weights once for each such block.
constexpr double kRowBlock = 384;

/// Where rows of weights have a multiple of `aliasing_bytes`, they fall on the same few L1 cache
/// sets (a set repeats every 4096 bytes): a panel of them evicts itself and comes a second time.
bool Aliases(double row_bytes, const DeviceTraits& traits) {
  return std::fmod(row_bytes, traits.aliasing_bytes) == 0;
}

double WeightBytes(const LayerSpec& s) {
  return Bits(static_cast<DType>(s[kType])) / 8.0 * static_cast<double>(s[kIn]) *
         static_cast<double>(s[kOut]);
}

/// Whether weights have left the cache when their turn comes again.
bool AreCold(double bytes, const DeviceTraits& traits) {
  return traits.weights_in_turn > 1 &&
         BytesInTurn(bytes, traits.weights_in_turn, traits) > traits.last_level_cache_bytes;
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  std::fill(amounts.begin(), amounts.end(), 0.0);
  const double element = Bits(static_cast<DType>(s[kType])) / 8.0;
  const auto batch = static_cast<double>(s[kBatch]);
  const auto in = static_cast<double>(s[kIn]);
  const auto out = static_cast<double>(s[kOut]);
  const double weights = WeightBytes(s);
  amounts[kMacs] = 1e-9 * batch * in * out;
  if (batch <= traits.matrix_vector_rows) {
    amounts[kWeightsForFewRows] = 1e-9 * weights;
  } else {
    const double times = std::ceil(batch / kRowBlock);
    const double cache = traits.last_level_cache_bytes;
    const double kept = std::min(weights, cache);
    const double cold = AreCold(weights, traits) ? kept : 0;  // the first time
    const double again = Aliases(element * in, traits) ? weights : 0;
    amounts[kWeightsCached] = 1e-9 * (times * (kept + again) - cold);
    amounts[kWeightsFromMemory] = 1e-9 * (times * (weights - kept) + cold);
  }
  amounts[kInput] = 1e-9 * element * batch * in;
  amounts[kOutput] = 1e-9 * element * batch * out;
  amounts[kCall] = 1;
}

/// Weights that come from memory whatever they fill tell nothing of what a cache gives.
std::optional<double> PureReadBytes(const LayerSpec& s, const DeviceTraits& traits) {
  if (static_cast<double>(s[kBatch]) > traits.matrix_vector_rows) return std::nullopt;
  if (AreCold(WeightBytes(s), traits)) return std::nullopt;
  return static_cast<double>(CountWork(s).weight_bytes);
}

}  // namespace

const LayerType kLinear = {.name = "linear",
                           .summary = "fully connected layer: Gemm or MatMul by stored weights",
                           .example = "linear batch=8 in=4096 out=1000",
                           .params = kParams,
                           .ops = kMatrixProductOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kTerms,
                           .amounts = MeasureAmounts,
                           .backward = CountBackward,
                           .pure_read_bytes = PureReadBytes};

}  // namespace joulecast
