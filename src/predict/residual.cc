// SPDX-License-Identifier: Apache-2.0
#include "predict/residual.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <vector>

#include "base/vlq.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Sum of the distances of all features from their training range at which nothing of the
/// residual is left: one amount a factor of two away.
const double kReach = std::log(2.0);

/// A larger correction than by this factor is no residual of a physical model.
const double kLargestCorrection = std::log(1e6);

/// Trees are written in these units: as exact as what they were taught, and short.
constexpr double kUnit = 1e-4;
constexpr std::int64_t kLargestUnits = std::int64_t{1} << 40;

/// Trees that are walked together: their steps wait for memory at the same time.
constexpr std::size_t kAbreast = 8;

/// ln(1 + count). Most counts are extents of layers, far below the length of the table.
double Log1p(std::int64_t count) {
  static const auto kSmall = [] {
    std::array<double, 4097> logs{};
    for (std::size_t i = 0; i < logs.size(); ++i) logs[i] = std::log1p(static_cast<double>(i));
    return logs;
  }();
  const auto index = static_cast<std::size_t>(count);
  return index < kSmall.size() ? kSmall[index] : std::log1p(static_cast<double>(count));
}

/// A leaf looks at input 0, which is larger than any threshold, and "goes right" to itself.
using Inputs = std::array<float, 1 + kMaxFeatures>;

Inputs InputsOf(std::span<const double> features) {
  Inputs inputs;
  inputs[0] = std::numeric_limits<float>::infinity();
  std::transform(features.begin(), features.end(), inputs.begin() + 1,
                 [](double feature) { return static_cast<float>(feature); });
  return inputs;
}

/// The sum of the leaves that the inputs lead to, logarithms.
struct LeafSum {
  double energy = 0;
  double time = 0;
};

LeafSum SumOfLeaves(std::span<const RegressionTree> trees, const Inputs& inputs) {
  LeafSum sum;
  std::array<const RegressionTree::Node*, kAbreast> at;
  for (; !trees.empty(); trees = trees.subspan(std::min(kAbreast, trees.size()))) {
    const std::size_t count = std::min(kAbreast, trees.size());
    for (std::size_t i = 0; i < kAbreast; ++i) at[i] = trees[i < count ? i : 0].nodes.data();
    std::uint32_t moved = 1;
    while (moved != 0) {
      moved = 0;
      for (const RegressionTree::Node*& node : at) {
        const std::uint32_t right = node->right;
        node += inputs[node->input] <= node->value ? 1 : right;
        moved |= right;
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      sum.energy += at[i]->value;
      sum.time += at[i]->time;
    }
  }
  return sum;
}

[[noreturn]] void FailTree(const std::string& why) {
  throw Error(ErrorKind::kInput, "a residual's tree " + why);
}

float TakeNumber(std::string_view& text) {
  const auto units = TakeVlq(text);
  if (!units) FailTree("ends early, or has what is no Base64 VLQ");
  if (std::abs(*units) > kLargestUnits) FailTree("has a number beyond all reason");
  return static_cast<float>(kUnit * static_cast<double>(*units));
}

float TakeFactor(std::string_view& text) {
  const float factor = TakeNumber(text);
  if (std::abs(factor) > kLargestCorrection) {
    FailTree(fmt::format("has {:.3g}, which is no logarithm of a credible factor", factor));
  }
  return factor;
}

RegressionTree::Node TakeNode(std::string_view& text, std::size_t features) {
  const auto input = TakeVlq(text);
  if (!input) FailTree("ends early, or has what is no Base64 VLQ");
  if (*input < 0 || *input > static_cast<std::int64_t>(features)) {
    FailTree("asks for a feature that the layer type lacks");
  }
  RegressionTree::Node node;
  node.input = static_cast<std::uint32_t>(*input) % 256;
  if (*input == 0) {
    node.value = TakeFactor(text);
    node.time = TakeFactor(text);
  } else {
    node.value = TakeNumber(text);
  }
  return node;
}

void AppendNumber(float number, std::string& text) {
  AppendVlq(std::llround(number / kUnit), text);
}

}  // namespace

void SetRight(RegressionTree& tree, std::size_t split) {
  const std::size_t distance = tree.nodes.size() - split;
  if (distance >= std::size_t{1} << 24) FailTree("has more than 16 million nodes");
  tree.nodes[split].right = static_cast<std::uint32_t>(distance) % (1U << 24);
}

std::size_t FeatureCount(const LayerType& type) {
  return SlotCount(type) + kWorkFeatures + type.terms.size();
}

void WriteFeatures(const LayerSpec& spec, std::span<const double> costs, std::span<double> out) {
  const std::size_t slots = SlotCount(spec.type());
  for (std::size_t slot = 0; slot < slots; ++slot) out[slot] = Log1p(spec[slot]);
  const Work work = spec.CountWork();
  const double macs = Log1p(work.macs);
  const double input = Log1p(work.input_bytes);
  const double output = Log1p(work.output_bytes);
  const double weights = Log1p(work.weight_bytes);
  const std::array<double, kWorkFeatures> amounts = {
      macs,          input,          output,         weights,        macs - input,
      macs - output, macs - weights, input - output, input - weights};
  std::copy(amounts.begin(), amounts.end(), out.begin() + static_cast<std::ptrdiff_t>(slots));
  const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    out[slots + kWorkFeatures + i] = total > 0 ? costs[i] / total : 0;
  }
}

Correction CorrectionOf(const Residual& residual, std::span<const double> features) {
  double distance = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    distance += std::max({0.0, residual.least[i] - features[i], features[i] - residual.most[i]});
  }
  if (distance >= kReach) return {};
  const LeafSum leaves = SumOfLeaves(residual.trees, InputsOf(features));
  const double share = (1 - distance / kReach) / static_cast<double>(residual.trees.size());
  return {std::exp(share * leaves.energy), std::exp(share * leaves.time)};
}

std::string WriteTree(const RegressionTree& tree) {
  std::string text;
  for (const RegressionTree::Node& node : tree.nodes) {
    AppendVlq(node.input, text);
    AppendNumber(node.value, text);
    if (node.input == 0) AppendNumber(node.time, text);
  }
  return text;
}

RegressionTree ParseTree(std::string_view text, std::size_t features) {
  RegressionTree tree;
  constexpr std::size_t kFewestDigitsOfNode = 3;
  tree.nodes.reserve(text.size() / kFewestDigitsOfNode);
  std::vector<std::size_t> open;  // splits whose left side is being read
  for (bool is_complete = false; !is_complete;) {
    tree.nodes.push_back(TakeNode(text, features));
    if (tree.nodes.back().input > 0) {
      open.push_back(tree.nodes.size() - 1);
    } else if (open.empty()) {
      is_complete = true;
    } else {
      SetRight(tree, open.back());
      open.pop_back();
    }
  }
  if (!text.empty()) FailTree("is complete before its text ends");
  return tree;
}

}  // namespace joulecast
