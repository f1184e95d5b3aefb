// SPDX-License-Identifier: Apache-2.0
// einsum -- sums of products over named axes: "bhqd,bhkd->bhqk". What is a matrix product of two
// operands becomes a matmul; the rest (one operand, diagonals, three and more operands) stays an
// einsum, whose products of n operands are n - 1 MACs each, as ONNX defines it: one loop over all
// names.
#include <algorithm>
#include <map>

#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/matmul.h"
#include "layers/product.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kOut, kSummed, kOperands, kIn, kWeights, kType };

constexpr Param kParams[] = {
    {.name = "out"},                         // elements of the result
    {.name = "summed", .default_value = 1},  // products that each of them sums up
    {.name = "operands", .default_value = 2},
    {.name = "in"},                                                     // elements of all operands
    {.name = "weights", .min = 0, .default_value = 0, .shown = false},  // those of `in` in storage
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

void Check(const LayerSpec& s) {
  if (s[kWeights] > s[kIn]) {
    throw Error(ErrorKind::kInput, "einsum: weights=" + std::to_string(s[kWeights]) +
                                       " exceeds in=" + std::to_string(s[kIn]) +
                                       ", of which they are a part");
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kOut]}; }

/// A product that nothing is summed over is elementwise: no MACs, as for mul.
Work CountWork(const LayerSpec& s) {
  const bool sums = s[kSummed] > 1;
  return {.macs = sums ? CheckedProduct({s[kOut], s[kSummed], s[kOperands] - 1}) : 0,
          .params = s[kWeights],
          .input_bytes = BytesOf(s[kIn] - s[kWeights], s[kType]),
          .output_bytes = BytesOf(s[kOut], s[kType]),
          .weight_bytes = BytesOf(s[kWeights], s[kType])};
}

/// One number for each axis of an operand: a letter, or below 0 an axis that "..." stands for,
/// counted from the last.
using Labels = std::vector<int>;

struct Equation {
  std::vector<Labels> operands;
  Labels result;
  std::map<int, std::int64_t> extents;
};

[[noreturn]] void FailToFit(const NodeView& node, const std::string& why) {
  node.Fail("its equation '" + node.String("equation", "") + "' does not fit: " + why);
}

/// `rank` is known for operands; a result's "..." stands for as many axes as the operands' do.
Labels ReadTerm(const NodeView& node, std::string_view text, std::optional<std::size_t> rank,
                std::size_t& hidden_axes) {
  const std::size_t dots = text.find("...");
  const std::size_t letters =
      text.size() - (dots == std::string_view::npos ? 0 : std::string_view("...").size());
  if (rank && (letters > *rank || (dots == std::string_view::npos && letters != *rank))) {
    FailToFit(node, "'" + std::string(text) + "' for " + std::to_string(*rank) + " dimensions");
  }
  const std::size_t here = rank ? *rank - letters : hidden_axes;
  Labels labels;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == dots) {
      for (std::size_t axis = here; axis > 0; --axis) labels.push_back(-static_cast<int>(axis));
      hidden_axes = std::max(hidden_axes, here);
      i += std::string_view("...").size() - 1;
    } else {
      const char c = text[i];
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!is_letter) FailToFit(node, "'" + std::string(1, c) + "' is no letter");
      labels.push_back(c);
    }
  }
  return labels;
}

/// Without an arrow, the result has the hidden axes and the letters that occur once, in order.
Labels ImpliedResult(const Equation& equation, std::size_t hidden_axes) {
  std::map<int, int> uses;
  for (const Labels& labels : equation.operands) {
    for (const int label : labels) ++uses[label];
  }
  Labels result;
  for (std::size_t axis = hidden_axes; axis > 0; --axis) result.push_back(-static_cast<int>(axis));
  for (const auto& [label, count] : uses) {
    if (label > 0 && count == 1) result.push_back(label);
  }
  return result;
}

Equation ReadEquation(const NodeView& node) {
  std::string text = node.String("equation", "");
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  Equation equation;
  std::size_t hidden_axes = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const std::size_t end = std::min({text.find(',', begin), arrow, text.size()});
    if (begin > end) FailToFit(node, "it has fewer operands than the node has inputs");
    const Shape& shape = node.Input(i).shape;
    equation.operands.push_back(
        ReadTerm(node, text.substr(begin, end - begin), shape.size(), hidden_axes));
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      std::int64_t& extent = equation.extents.emplace(equation.operands[i][axis], 1).first->second;
      if (extent != 1 && shape[axis] != 1 && extent != shape[axis]) {
        FailToFit(node, "one name has the extents " + std::to_string(extent) + " and " +
                            std::to_string(shape[axis]));
      }
      if (extent == 1) extent = shape[axis];
    }
    begin = end + 1;
  }
  const bool is_read = begin == (arrow == std::string::npos ? text.size() : arrow) + 1;
  if (!is_read) FailToFit(node, "it has more operands than the node has inputs");
  equation.result =
      arrow == std::string::npos
          ? ImpliedResult(equation, hidden_axes)
          : ReadTerm(node, std::string_view(text).substr(arrow + 2), std::nullopt, hidden_axes);
  for (const int label : equation.result) {
    if (!equation.extents.contains(label)) FailToFit(node, "a name of the result is no operand's");
  }
  return equation;
}

bool Has(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// nullopt if the equation is more than one batched matrix product: an axis stands twice in one
/// operand, or is summed within one.
std::optional<BatchedProduct> AsMatrixProduct(const NodeView& node, const Equation& equation) {
  if (equation.operands.size() != 2) return std::nullopt;
  const std::size_t ranks[] = {node.Input(0).shape.size(), node.Input(1).shape.size()};
  BatchedProduct sizes{1, 1, 1, 1};
  std::size_t places = 0;
  for (const auto& [label, extent] : equation.extents) {
    // An axis of extent 1 that is broadcast is not really the operand's.
    const auto owns = [&, name = label, full = extent](std::size_t operand) {
      for (std::size_t axis = 0; axis < ranks[operand]; ++axis) {
        if (equation.operands[operand][axis] != name) continue;
        ++places;
        return full == 1 || node.Input(operand).shape[axis] != 1;
      }
      return false;
    };
    const bool a = owns(0);
    const bool b = owns(1);
    const bool kept = Has(equation.result, label);
    if (!kept && !(a && b)) return std::nullopt;
    std::int64_t& size = !kept ? sizes.k : a && b ? sizes.batch : a ? sizes.m : sizes.n;
    size = CheckedProduct({size, extent});
  }
  const bool repeats = places != ranks[0] + ranks[1];
  const bool elementwise = sizes.k == 1 && (sizes.m == 1 || sizes.n == 1);
  if (repeats || elementwise) return std::nullopt;
  return sizes;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Equation equation = ReadEquation(node);
  Shape shape;
  for (const int label : equation.result) shape.push_back(equation.extents.at(label));
  if (const auto sizes = AsMatrixProduct(node, equation)) {
    return LowerTo(node, MatMulSpec(*sizes, node.Input(0), node.Input(1)), shape);
  }
  std::int64_t summed = 1;
  for (const auto& [label, extent] : equation.extents) {
    if (!Has(equation.result, label)) summed = CheckedProduct({summed, extent});
  }
  std::int64_t in = 0;
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const std::int64_t elements = ElementCount(node.Input(i).shape);
    in = CheckedSum({in, elements});
    if (node.Input(i).is_constant) weights = CheckedSum({weights, elements});
  }
  LayerSpec spec(kEinsum);
  spec.Set(kOut, ElementCount(shape))
      .Set(kSummed, summed)
      .Set(kOperands, static_cast<std::int64_t>(node.input_count()))
      .Set(kIn, in)
      .Set(kWeights, weights)
      .Set(kType, ProductType(node.Input(0)));
  return LowerTo(node, spec, shape);
}

constexpr std::string_view kOps[] = {"Einsum"};

}  // namespace

const LayerType kEinsum = {.name = "einsum",
                           .summary = "sums of products that are more than one matrix product",
                           .example = "einsum out=64 summed=4096 operands=3 in=12480",
                           .params = kParams,
                           .ops = kOps,
                           .check = Check,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kProductTerms,
                           .amounts = MeasureProduct};

}  // namespace joulecast
