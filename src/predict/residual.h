// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "joulecast/layer.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Amounts of work and ratios of them that every residual may look at.
inline constexpr std::size_t kWorkFeatures = 9;

/// Room for the features of any layer type.
inline constexpr std::size_t kMaxFeatures = kMaxSlots + kWorkFeatures + kMaxTerms;

/// What a residual of this type looks at: ln(1 + value) of each slot, logarithms of MACs, bytes
/// and their ratios, and each term's share of the cost.
std::size_t FeatureCount(const LayerType& type);

/// Writes FeatureCount numbers. `costs` has one number per term.
void WriteFeatures(const LayerSpec& spec, std::span<const double> costs, std::span<double> out);

/// Factors on the sums of terms.
struct Correction {
  double energy = 1;
  double time = 1;
};

/// What a residual makes of a layer. Both factors go to 1 as features leave the range of the
/// training rows, and are 1 from a distance on: nothing was learned there.
Correction CorrectionOf(const Residual& residual, std::span<const double> features);

/// Says that a split's right child is the node that comes next.
void SetRight(RegressionTree& tree, std::size_t split);

/// A tree as Base64 VLQ, its nodes in preorder: a split is 1 + its feature and the threshold, a
/// leaf is 0 and the logarithms of the factors on energy and time. All but features in 1/10000.
std::string WriteTree(const RegressionTree& tree);

/// Throws Error{kInput} if the text is no tree over so many features.
RegressionTree ParseTree(std::string_view text, std::size_t features);

}  // namespace joulecast
