// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "layers/product.h"

namespace joulecast {

/// What LSTM, GRU and RNN share: per step and direction, `gates` products of the input and of the
/// last state by their weights. Whole sequences are counted, whatever their given lengths.
enum RecurrentSlot : std::size_t {
  kRecBatch,
  kRecSequence,
  kRecIn,
  kRecHidden,
  kRecDirections,
  kRecBias,
  kRecPeepholes,
  kRecType,
};

inline constexpr Param kRecurrentParams[] = {
    {.name = "batch"},
    {.name = "sequence"},  // steps
    {.name = "in"},
    {.name = "hidden"},
    {.name = "directions", .default_value = 1},
    {.name = "bias",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 1,
     .shown = false,
     .minor = true},
    // An LSTM's gates see its cell, too.
    {.name = "peepholes", .kind = ParamKind::kFlag, .min = 0, .default_value = 0, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

/// A product's, then the state's weights once more for each step but the first, and the steps that
/// wait for each other.
inline constexpr auto kRecurrentTerms = [] {
  std::array<Term, kProductTermCount + 2> terms{};
  auto next = std::copy(kProductTerms.begin(), kProductTerms.end(), terms.begin());
  *next++ = {"weights_again_per_step", "gb", Part::kWeights, Overlap::kTraffic};
  *next = {"steps", "step", Part::kOverhead};
  return terms;
}();

void CheckRecurrent(const LayerSpec& spec, std::int64_t gates);
Shape RecurrentShape(const LayerSpec& spec);
/// Both of ONNX's biases are parameters; they are one addition for each result of a gate.
Work CountRecurrent(const LayerSpec& spec, std::int64_t gates);
/// Gradients go back through the state whether the input gets one or not.
Work CountRecurrentBackward(const LayerSpec& spec, std::int64_t gates, bool input_grad);
Lowered LowerRecurrent(const NodeView& node, const LayerType& type, std::int64_t gates);
void MeasureRecurrent(const LayerSpec& spec, std::int64_t gates, const DeviceTraits& traits,
                      std::span<double> amounts);
/// All steps as one product of input and state by all gates' weights: the same MACs.
LayerSpec LinearOfAllSteps(const LayerSpec& spec, std::int64_t gates);

/// A recurrent type of so many gates.
template <const LayerType& kType, std::int64_t kGates>
constexpr LayerType Recurrent(std::string_view name, std::string_view summary,
                              std::string_view example, std::span<const std::string_view> ops) {
  return {
      .name = name,
      .summary = summary,
      .example = example,
      .params = kRecurrentParams,
      .ops = ops,
      .check = [](const LayerSpec& s) { CheckRecurrent(s, kGates); },
      .output_shape = RecurrentShape,
      .work = [](const LayerSpec& s) { return CountRecurrent(s, kGates); },
      .lower = [](const NodeView& node) -> std::optional<Lowered> {
        return LowerRecurrent(node, kType, kGates);
      },
      .terms = kRecurrentTerms,
      .amounts = [](const LayerSpec& s, const DeviceTraits& traits,
                    std::span<double> amounts) { MeasureRecurrent(s, kGates, traits, amounts); },
      .backward = [](const LayerSpec& s,
                     bool input_grad) { return CountRecurrentBackward(s, kGates, input_grad); },
      .relative = [](const LayerSpec& s) -> std::optional<LayerSpec> {
        return LinearOfAllSteps(s, kGates);
      }};
}

}  // namespace joulecast
