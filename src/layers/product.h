// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "layers/node_view.h"

namespace joulecast {

/// Terms of a layer that is a product of matrices and little else. Arithmetic and the weights'
/// stream run at the same time, as in linear.
inline constexpr std::array<Term, 5> kProductTerms = {{
    {"macs", "gmac", Part::kArithmetic, Overlap::kCompute},
    {"weights", "gb", Part::kWeights, Overlap::kTraffic},
    {"input", "gb", Part::kInput},
    {"output", "gb", Part::kOutput},
    {"call", "call", Part::kOverhead},
}};

enum ProductTerm : std::size_t {
  kProductMacs,
  kProductWeights,
  kProductInput,
  kProductOutput,
  kProductCall,
  kProductTermCount,
};

/// Amounts of kProductTerms, as the type counts its work.
void MeasureProduct(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts);

/// Element type that a product of this operand is computed in: u8 and i8 run through the same
/// kernels, and a profile that measured one has measured both.
std::int64_t ProductType(const TensorInfo& operand);

/// For operators whose result has another element type than their first input.
Lowered WithResultType(Lowered lowered, DType dtype);

}  // namespace joulecast
