// SPDX-License-Identifier: Apache-2.0
#include "predict/residual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Sum of the distances of all features from their training range at which nothing of the
/// residual is left: one amount a factor of two away.
const double kReach = std::log(2.0);

/// A larger correction than by this factor is no residual of a physical model.
const double kLargestCorrection = std::log(1e6);

double Log1p(std::int64_t count) { return std::log1p(static_cast<double>(count)); }

const RegressionTree::Node& LeafOf(const RegressionTree& tree, std::span<const double> features) {
  std::size_t at = 0;
  while (tree.nodes[at].feature >= 0) {
    const RegressionTree::Node& node = tree.nodes[at];
    const bool is_left = features[static_cast<std::size_t>(node.feature)] <= node.value;
    at = is_left ? at + 1 : static_cast<std::size_t>(node.right);
  }
  return tree.nodes[at];
}

[[noreturn]] void FailTree(std::string_view token, const std::string& why) {
  throw Error(ErrorKind::kInput,
              "a residual's tree has '" + Printable(token, 40) + "', which " + why);
}

double ParseNumber(std::string_view token) {
  const auto number = ParseDouble(token);
  if (!number || !std::isfinite(*number)) FailTree(token, "is no number");
  return *number;
}

double ParseFactor(std::string_view token) {
  const double factor = ParseNumber(token);
  if (std::abs(factor) > kLargestCorrection) {
    FailTree(token, "is no logarithm of a credible factor");
  }
  return factor;
}

/// A split "feature<threshold" or a leaf "energy:time".
RegressionTree::Node ParseNode(std::string_view token, std::size_t features) {
  RegressionTree::Node node;
  const std::size_t sign = token.find('<');
  if (sign != std::string_view::npos) {
    const auto feature = ParseInt(token.substr(0, sign));
    if (!feature || *feature < 0 || static_cast<std::size_t>(*feature) >= features) {
      FailTree(token, "asks for a feature that the layer type lacks");
    }
    node.feature = static_cast<std::int32_t>(*feature);
    node.value = ParseNumber(token.substr(sign + 1));
    return node;
  }
  const std::size_t colon = token.find(':');
  if (colon == std::string_view::npos) FailTree(token, "is no pair of factors");
  node.value = ParseFactor(token.substr(0, colon));
  node.time = ParseFactor(token.substr(colon + 1));
  return node;
}

}  // namespace

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
  double energy = 0;
  double time = 0;
  for (const RegressionTree& tree : residual.trees) {
    const RegressionTree::Node& leaf = LeafOf(tree, features);
    energy += leaf.value;
    time += leaf.time;
  }
  const double share = (1 - distance / kReach) / static_cast<double>(residual.trees.size());
  return {std::exp(share * energy), std::exp(share * time)};
}

std::string WriteTree(const RegressionTree& tree) {
  std::string text;
  for (const RegressionTree::Node& node : tree.nodes) {
    if (!text.empty()) text += ' ';
    text += node.feature < 0 ? fmt::format("{}:{}", node.value, node.time)
                             : fmt::format("{}<{}", node.feature, node.value);
  }
  return text;
}

RegressionTree ParseTree(std::string_view text, std::size_t features) {
  RegressionTree tree;
  std::vector<std::size_t> open;  // splits whose left side is being read
  bool is_complete = false;
  for (const std::string_view token : SplitBlanks(text)) {
    if (is_complete) FailTree(token, "follows a tree that is complete");
    tree.nodes.push_back(ParseNode(token, features));
    if (tree.nodes.back().feature >= 0) {
      open.push_back(tree.nodes.size() - 1);
    } else if (open.empty()) {
      is_complete = true;
    } else {
      tree.nodes[open.back()].right = static_cast<std::int32_t>(tree.nodes.size());
      open.pop_back();
    }
  }
  if (!is_complete) FailTree(text, "ends before its last leaf");
  return tree;
}

}  // namespace joulecast
