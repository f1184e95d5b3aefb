// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What pointwise activations share: one result per element, written over the input if in place.
enum ActivationSlot : std::size_t { kActBatch, kActElements, kActInplace, kActType };

inline constexpr Param kActivationParams[] = {
    {.name = "batch"},
    {.name = "elements"},  // per sample
    {.name = "inplace", .kind = ParamKind::kFlag, .min = 0, .default_value = 0},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape ActivationShape(const LayerSpec& spec);
Work CountActivation(const LayerSpec& spec);

/// In place if the node says so (`inplace`, which the zoo sets as PyTorch does); a format that
/// cannot say it has the buffer reused wherever nobody else reads it, as runtimes do.
Lowered LowerActivation(const NodeView& node, const LayerType& type);

/// One line filled per line of an input that is overwritten; an output of its own is filled before
/// it is written. Writes the stream's terms and, behind them, 1e9 elements where there is room.
void MeasureActivation(const LayerSpec& spec, const DeviceTraits& traits,
                       std::span<double> amounts);

/// Terms of activations whose arithmetic takes longer than their memory.
inline constexpr auto kArithmeticActivationTerms =
    StreamTermsAnd(std::array<Term, 1>{{{"elements", "gelement", Part::kArithmetic}}});

}  // namespace joulecast
