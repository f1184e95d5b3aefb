// SPDX-License-Identifier: Apache-2.0
// linear -- y[batch, out] = x[batch, in] * w[out, in]^T + b[out]; further leading dimensions of x
// are part of the batch.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "layers/node_view.h"

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

/// Gemm: alpha A' B' + beta C with A' = A or its transpose, likewise B.
std::optional<Lowered> LowerGemm(const NodeView& node) {
  const TensorInfo& a = node.InputOfRank(0, 2);
  const TensorInfo& b = node.InputOfRank(1, 2);
  if (a.shape.size() != 2 || b.shape.size() != 2) node.Fail("both operands should be matrices");
  if (!b.is_constant) return std::nullopt;  // matmul
  const bool flip_a = node.Int("transA", 0) != 0;
  const bool flip_b = node.Int("transB", 0) != 0;
  LayerSpec spec(kLinear);
  spec.Set(kBatch, a.shape[flip_a ? 1 : 0])
      .Set(kIn, a.shape[flip_a ? 0 : 1])
      .Set(kOut, b.shape[flip_b ? 0 : 1])
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(a.dtype));
  if (b.shape[flip_b ? 1 : 0] != spec[kIn]) {
    node.Fail("weights " + ToString(b.shape) + " do not fit the input " + ToString(a.shape));
  }
  return LowerTo(node, spec);
}

/// MatMul by [in, out], or PyTorch's linear by [out, in], which has a bias: over the last axis.
std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "Gemm") return LowerGemm(node);
  const std::size_t in = node.op() == "Linear" ? 1 : 0;
  const TensorInfo& x = node.InputOfRank(0, 1);
  const TensorInfo& w = node.InputOfRank(1, 1);
  if (!w.is_constant || w.shape.size() != 2) return std::nullopt;  // matmul
  if (w.shape[in] != x.shape.back()) {
    node.Fail("weights " + ToString(w.shape) + " do not fit the input " + ToString(x.shape));
  }
  Shape output = x.shape;
  output.back() = w.shape[1 - in];
  LayerSpec spec(kLinear);
  spec.Set(kBatch, ElementCount(Shape(x.shape.begin(), x.shape.end() - 1)))
      .Set(kIn, w.shape[in])
      .Set(kOut, w.shape[1 - in])
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, output);
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

/// Up to this many rows, a matrix product is computed as as many matrix-vector products.
constexpr double kFewRows = 3;

/// Rows that a matrix product takes at once: it streams its weights once for each such block.
constexpr double kRowBlock = 384;

/// Rows of weights whose byte length is a multiple of this fall on the same few L1 cache sets (a
/// set repeats every 4096 bytes): a panel of them evicts itself and comes a second time.
constexpr std::int64_t kAliasingBytes = 1024;

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  std::fill(amounts.begin(), amounts.end(), 0.0);
  const double element = Bits(static_cast<DType>(s[kType])) / 8.0;
  const auto batch = static_cast<double>(s[kBatch]);
  const auto in = static_cast<double>(s[kIn]);
  const auto out = static_cast<double>(s[kOut]);
  const double weights = element * in * out;
  amounts[kMacs] = 1e-9 * batch * in * out;
  if (batch <= kFewRows) {
    amounts[kWeightsForFewRows] = 1e-9 * weights;
  } else {
    const double times = std::ceil(batch / kRowBlock);
    const double cache = traits.last_level_cache_bytes;
    const bool aliases = static_cast<std::int64_t>(element * in) % kAliasingBytes == 0;
    amounts[kWeightsCached] = 1e-9 * times * (std::min(weights, cache) + (aliases ? weights : 0));
    amounts[kWeightsFromMemory] = 1e-9 * times * std::max(0.0, weights - cache);
  }
  amounts[kInput] = 1e-9 * element * batch * in;
  amounts[kOutput] = 1e-9 * element * batch * out;
  amounts[kCall] = 1;
}

std::optional<double> PureReadBytes(const LayerSpec& s) {
  if (static_cast<double>(s[kBatch]) > kFewRows) return std::nullopt;
  return static_cast<double>(CountWork(s).weight_bytes);
}

constexpr std::string_view kOps[] = {"Gemm", "MatMul", "Linear"};

}  // namespace

const LayerType kLinear = {.name = "linear",
                           .summary = "fully connected layer: Gemm or MatMul by stored weights",
                           .example = "linear batch=8 in=4096 out=1000",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kTerms,
                           .amounts = MeasureAmounts,
                           .pure_read_bytes = PureReadBytes};

}  // namespace joulecast
