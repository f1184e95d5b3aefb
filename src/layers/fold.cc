// SPDX-License-Identifier: Apache-2.0
#include "layers/fold.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/checked.h"

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;

/// More numbers than this are data, not a shape.
constexpr std::int64_t kMostNumbers = 4096;

TensorInfo IntTensor(Shape shape, Ints numbers, DType dtype = DType::kI64) {
  Constant constant{.dtype = dtype, .shape = shape, .ints = std::move(numbers)};
  return {.dtype = dtype,
          .shape = std::move(shape),
          .is_constant = true,
          .constant = std::move(constant)};
}

/// The numbers of input `i`, or null if they are not known integers.
const Ints* Numbers(const NodeView& node, std::size_t i) {
  if (!node.HasInput(i)) return nullptr;
  const TensorInfo& input = node.Input(i);
  if (!input.constant || input.constant->ints.empty()) return nullptr;
  if (static_cast<std::int64_t>(input.constant->ints.size()) != ElementCount(input.shape)) {
    return nullptr;
  }
  return &input.constant->ints;
}

TensorInfo FoldShape(const NodeView& node) {
  const Shape& shape = node.Input(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto clamp = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = clamp(node.Int("start", 0));
  const std::int64_t end = std::max(start, clamp(node.Int("end", rank)));
  return IntTensor({end - start}, Ints(shape.begin() + start, shape.begin() + end));
}

std::optional<TensorInfo> FoldSize(const NodeView& node) {
  return IntTensor({}, {ElementCount(node.Input(0).shape)});
}

/// A tensor of one repeated number, 0 by default. Its input is its shape.
std::optional<TensorInfo> FoldConstantOfShape(const NodeView& node) {
  const Ints* dims = Numbers(node, 0);
  const bool scalar = node.Input(0).shape == Shape{0};
  if (dims == nullptr && !scalar) return std::nullopt;
  const Shape shape = scalar ? Shape{} : Shape(*dims);
  TensorInfo result{.dtype = DType::kF32, .shape = shape, .is_constant = true};
  std::int64_t fill = 0;
  for (const auto& [name, value] : node.node().attributes) {
    const auto* constant = std::get_if<Constant>(&value);
    if (name != "value" || constant == nullptr) continue;
    result.dtype = constant->dtype;
    if (!constant->ints.empty()) fill = constant->ints[0];
  }
  const std::int64_t count = ElementCount(shape);
  const bool is_integer = result.dtype == DType::kI64 || result.dtype == DType::kI32;
  if (is_integer && count <= kMostNumbers) {
    return IntTensor(shape, Ints(static_cast<std::size_t>(count), fill), result.dtype);
  }
  return result;
}

std::optional<TensorInfo> FoldGather(const NodeView& node) {
  const Ints* data = Numbers(node, 0);
  const Ints* indices = Numbers(node, 1);
  if (data == nullptr || indices == nullptr || node.Input(0).shape.size() != 1) return std::nullopt;
  const auto extent = static_cast<std::int64_t>(data->size());
  Ints picked;
  for (const std::int64_t index : *indices) {
    const std::int64_t at = index < 0 ? index + extent : index;
    if (at < 0 || at >= extent) node.Fail("index " + std::to_string(index) + " is out of range");
    picked.push_back((*data)[static_cast<std::size_t>(at)]);
  }
  return IntTensor(node.Input(1).shape, std::move(picked));
}

std::optional<TensorInfo> FoldConcat(const NodeView& node) {
  Ints joined;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const Ints* numbers = Numbers(node, i);
    if (numbers == nullptr || node.Input(i).shape.size() != 1) return std::nullopt;
    joined.insert(joined.end(), numbers->begin(), numbers->end());
  }
  const auto extent = static_cast<std::int64_t>(joined.size());
  return IntTensor({extent}, std::move(joined));
}

/// Slice of a list or of a matrix's rows: starts, ends, axes, steps as inputs, or as attributes
/// before opset 10.
std::optional<TensorInfo> FoldSlice(const NodeView& node) {
  const Ints* data = Numbers(node, 0);
  Shape shape = node.Input(0).shape;
  if (data == nullptr || shape.empty() || shape.size() > 2) return std::nullopt;
  const auto starts = node.IntsArgument("starts", 1);
  const auto ends = node.IntsArgument("ends", 2);
  const Ints axes = node.IntsArgument("axes", 3).value_or(Ints{0});
  const Ints steps = node.IntsArgument("steps", 4).value_or(Ints{1});
  if (!starts || !ends || starts->size() != 1 || ends->size() != 1 || steps.size() != 1 ||
      axes.size() != 1 || node.Axis(axes[0], shape.size()) != 0 || steps[0] == 0) {
    return std::nullopt;
  }
  const std::int64_t extent = shape[0];
  const std::int64_t step = std::clamp(steps[0], -extent - 1, extent + 1);
  const std::int64_t low = step > 0 ? 0 : -1;
  const std::int64_t high = step > 0 ? extent : extent - 1;
  const auto place = [&](std::int64_t at) {
    return std::clamp(at < 0 ? at + extent : at, low, high);
  };
  const std::int64_t end = (*ends)[0] < -extent ? low : place((*ends)[0]);
  const std::int64_t row = shape.size() == 2 ? shape[1] : 1;
  Ints cut;
  shape[0] = 0;
  for (std::int64_t at = place((*starts)[0]); step > 0 ? at < end : at > end; at += step) {
    cut.insert(cut.end(), data->begin() + at * row, data->begin() + (at + 1) * row);
    ++shape[0];
  }
  return IntTensor(std::move(shape), std::move(cut));
}

/// PyTorch's exporter turns the pads of a Pad around as a matrix of two columns.
std::optional<TensorInfo> FoldTranspose(const NodeView& node) {
  const Ints* data = Numbers(node, 0);
  const Shape& shape = node.Input(0).shape;
  if (data == nullptr || shape.size() != 2) return std::nullopt;
  if (node.Ints("perm").value_or(Ints{1, 0}) != Ints{1, 0}) return std::nullopt;
  Ints turned;
  for (std::int64_t column = 0; column < shape[1]; ++column) {
    for (std::int64_t row = 0; row < shape[0]; ++row) {
      turned.push_back((*data)[static_cast<std::size_t>(row * shape[1] + column)]);
    }
  }
  return IntTensor({shape[1], shape[0]}, std::move(turned), node.Input(0).dtype);
}

std::optional<TensorInfo> FoldArithmetic(const NodeView& node) {
  const Ints* a = Numbers(node, 0);
  const Ints* b = Numbers(node, 1);
  if (a == nullptr || b == nullptr) return std::nullopt;
  const std::size_t count = std::max(a->size(), b->size());
  if ((a->size() != count && a->size() != 1) || (b->size() != count && b->size() != 1)) {
    return std::nullopt;
  }
  Ints result(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t x = (*a)[a->size() == 1 ? 0 : i];
    const std::int64_t y = (*b)[b->size() == 1 ? 0 : i];
    if (node.op() == "Add") result[i] = CheckedSum({x, y});
    if (node.op() == "Sub") result[i] = CheckedSum({x, CheckedProduct({-1, y})});
    if (node.op() == "Mul") result[i] = CheckedProduct({x, y});
    if (node.op() == "Div") {
      if (y == 0) node.Fail("a shape is divided by zero");
      result[i] = x / y;
    }
  }
  return IntTensor(BroadcastShape(node), std::move(result), node.Input(0).dtype);
}

/// Cast keeps integers as they are and cuts known fractions.
std::optional<TensorInfo> FoldCast(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  if (!x.constant) return std::nullopt;
  Ints numbers = x.constant->ints;
  for (const double number : x.constant->floats) {
    numbers.push_back(static_cast<std::int64_t>(std::clamp(number, -9e15, 9e15)));
  }
  if (numbers.empty()) return std::nullopt;
  return IntTensor(x.shape, std::move(numbers));
}

std::optional<TensorInfo> FoldRange(const NodeView& node) {
  const Ints* start = Numbers(node, 0);
  const Ints* limit = Numbers(node, 1);
  const Ints* delta = Numbers(node, 2);
  if (start == nullptr || limit == nullptr || delta == nullptr || (*delta)[0] == 0) {
    return std::nullopt;
  }
  const std::int64_t step = (*delta)[0];
  Ints numbers;
  for (std::int64_t at = (*start)[0]; step > 0 ? at < (*limit)[0] : at > (*limit)[0];
       at = CheckedSum({at, step})) {
    numbers.push_back(at);
    if (static_cast<std::int64_t>(numbers.size()) > kMostNumbers) return std::nullopt;
  }
  const auto count = static_cast<std::int64_t>(numbers.size());
  return IntTensor({count}, std::move(numbers));
}

struct Rule {
  std::string_view op;
  std::optional<TensorInfo> (*fold)(const NodeView&);
};

constexpr std::array kRules = {
    Rule{"Shape", [](const NodeView& n) { return std::optional(FoldShape(n)); }},
    Rule{"Size", FoldSize},
    Rule{"ConstantOfShape", FoldConstantOfShape},
    Rule{"Gather", FoldGather},
    Rule{"Concat", FoldConcat},
    Rule{"Slice", FoldSlice},
    Rule{"Transpose", FoldTranspose},
    Rule{"Add", FoldArithmetic},
    Rule{"Sub", FoldArithmetic},
    Rule{"Mul", FoldArithmetic},
    Rule{"Div", FoldArithmetic},
    Rule{"Cast", FoldCast},
    Rule{"Range", FoldRange},
};

}  // namespace

std::optional<TensorInfo> Fold(const NodeView& node) {
  const auto* rule = std::find_if(kRules.begin(), kRules.end(),
                                  [&](const Rule& each) { return each.op == node.op(); });
  return rule == kRules.end() ? std::nullopt : rule->fold(node);
}

}  // namespace joulecast
