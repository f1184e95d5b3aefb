// SPDX-License-Identifier: Apache-2.0
// expertlinear -- y[tokens, active, out]: each token through the `active` of `experts` matrices
// [out, in] that a router chose for it, as in a mixture of experts.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kTokens, kActive, kExperts, kIn, kOut, kShared, kType };

constexpr Param kParams[] = {
    {.name = "tokens"},
    {.name = "active"},
    {.name = "experts"},
    {.name = "in"},
    {.name = "out"},
    // 1: a token's experts read one input; 0: each its own, as behind another expertlinear
    {.name = "shared", .kind = ParamKind::kFlag, .min = 0, .default_value = 1},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

void Check(const LayerSpec& s) {
  if (s[kActive] > s[kExperts]) {
    throw Error(ErrorKind::kInput, "expertlinear: active=" + std::to_string(s[kActive]) +
                                       " of only experts=" + std::to_string(s[kExperts]));
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kTokens], s[kActive], s[kOut]}; }

/// Experts that at least one token chose, if a router spreads its tokens evenly and independently:
/// experts (1 - (1 - active / experts)^tokens), rounded.
std::int64_t TouchedExperts(const LayerSpec& s) {
  const auto experts = static_cast<double>(s[kExperts]);
  const double missed = 1 - static_cast<double>(s[kActive]) / experts;
  const double touched = experts * (1 - std::pow(missed, static_cast<double>(s[kTokens])));
  return std::max(s[kActive], static_cast<std::int64_t>(std::llround(touched)));
}

Work CountWork(const LayerSpec& s) {
  const std::int64_t rows = CheckedProduct({s[kTokens], s[kActive]});
  const std::int64_t matrix = CheckedProduct({s[kIn], s[kOut]});
  const std::int64_t inputs = s[kShared] == 1 ? s[kTokens] : rows;
  return {.macs = CheckedProduct({rows, matrix}),
          .params = CheckedProduct({s[kExperts], matrix}),
          .input_bytes = BytesOf(CheckedProduct({inputs, s[kIn]}), s[kType]),
          .output_bytes = BytesOf(CheckedProduct({rows, s[kOut]}), s[kType]),
          .weight_bytes = BytesOf(CheckedProduct({TouchedExperts(s), matrix}), s[kType])};
}

/// x [..., in] with w [experts, out, in] and the attribute `active`, or x [..., active, in] where
/// each chosen expert has its own input.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 2);
  const TensorInfo& w = node.InputOfRank(1, 3);
  const std::int64_t active = node.Int("active", 1);
  if (w.shape[2] != x.shape.back()) {
    node.Fail("weights " + ToString(w.shape) + " do not fit the input " + ToString(x.shape));
  }
  const bool shared = node.Int("shared", 1) != 0;
  Shape output(x.shape.begin(), x.shape.end() - 1);
  std::int64_t tokens = ElementCount(output);
  if (shared) {
    output.push_back(active);
  } else if (output.back() != active) {
    node.Fail("the input " + ToString(x.shape) + " has no " + std::to_string(active) +
              " rows for each token");
  } else {
    tokens /= active;
  }
  output.push_back(w.shape[1]);
  LayerSpec spec(kExpertLinear);
  spec.Set(kTokens, tokens)
      .Set(kActive, active)
      .Set(kExperts, w.shape[0])
      .Set(kIn, w.shape[2])
      .Set(kOut, w.shape[1])
      .Set(kShared, shared ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, output);
}

constexpr Term kTerms[] = {
    {"macs", "gmac", Part::kArithmetic, Overlap::kCompute},
    {"weights", "gb", Part::kWeights, Overlap::kTraffic},
    {"input", "gb", Part::kInput},
    {"output", "gb", Part::kOutput},
    {"expert", "call", Part::kOverhead},
};

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& /*traits*/, std::span<double> amounts) {
  const Work work = CountWork(s);
  amounts[0] = 1e-9 * static_cast<double>(work.macs);
  amounts[1] = 1e-9 * static_cast<double>(work.weight_bytes);
  amounts[2] = 1e-9 * static_cast<double>(work.input_bytes);
  amounts[3] = 1e-9 * static_cast<double>(work.output_bytes);
  amounts[4] = static_cast<double>(TouchedExperts(s));
}

/// The touched experts' matrices below each other, and each expert's share of the rows: the same
/// MACs and results, and the same weights where the rows divide among the experts.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  const std::int64_t rows = CheckedProduct({s[kTokens], s[kActive]});
  std::int64_t matrices = std::min(TouchedExperts(s), rows);
  constexpr int kMostTried = 4096;
  for (int tried = 0; rows % matrices != 0; ++tried)
    matrices = tried < kMostTried ? matrices - 1 : 1;
  LayerSpec linear(kLinear);
  linear.Set(linear.SlotOf("batch"), rows / matrices)
      .Set(linear.SlotOf("in"), s[kIn])
      .Set(linear.SlotOf("out"), CheckedProduct({matrices, s[kOut]}))
      .Set(linear.SlotOf("bias"), 0)
      .Set(linear.SlotOf("dtype"), s[kType]);
  return linear;
}

/// Only experts that a token chose get a gradient.
Work CountBackward(const LayerSpec& s, bool input_grad) {
  const std::int64_t touched = CountWork(s).weight_bytes;
  Work work = BackwardOfFunction(s, input_grad);
  work.weight_bytes = CheckedSum({input_grad ? touched : 0, touched});
  return work;
}

constexpr std::string_view kOps[] = {"ExpertLinear"};

}  // namespace

const LayerType kExpertLinear = {
    .name = "expertlinear",
    .summary = "each token through a few of many matrices (mixture of experts)",
    .example = "expertlinear tokens=512 active=2 experts=8 in=4096 out=14336",
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
