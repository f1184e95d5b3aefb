// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "layers/fold.h"

namespace joulecast {
namespace {

using Int = std::int64_t;
using MaybeInt = std::optional<Int>;

/// One number as both kinds of arithmetic see it.
struct Number {
  bool is_whole = true;
  Int whole = 0;
  double fraction = 0;
};

Number At(const Constant& numbers, std::size_t i) {
  if (numbers.ints.empty()) return {.is_whole = false, .fraction = numbers.floats[i]};
  return {.whole = numbers.ints[i], .fraction = static_cast<double>(numbers.ints[i])};
}

/// Overflow leaves a number unknown: sentinels such as the largest int64 are no shapes.
MaybeInt Sum(Int a, Int b) {
  Int result = 0;
  return __builtin_add_overflow(a, b, &result) ? MaybeInt() : result;
}
MaybeInt Difference(Int a, Int b) {
  Int result = 0;
  return __builtin_sub_overflow(a, b, &result) ? MaybeInt() : result;
}
MaybeInt Product(Int a, Int b) {
  Int result = 0;
  return __builtin_mul_overflow(a, b, &result) ? MaybeInt() : result;
}
/// Cut towards zero, as ONNX's runtimes do with integers.
MaybeInt Quotient(Int a, Int b) {
  const bool overflows = a == std::numeric_limits<Int>::min() && b == -1;
  return b == 0 || overflows ? MaybeInt() : a / b;
}
/// With the sign of the divisor, as Python's.
MaybeInt Remainder(Int a, Int b) {
  if (b == 0) return std::nullopt;
  if (b == -1) return 0;
  const Int rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
MaybeInt Power(Int a, Int b) {
  const double power = std::pow(static_cast<double>(a), static_cast<double>(b));
  return std::abs(power) < 9e15 ? MaybeInt(static_cast<Int>(power)) : std::nullopt;
}

/// An operation between two tensors: on integers, on fractions, or a truth value of either.
struct Binary {
  std::string_view op;
  MaybeInt (*whole)(Int, Int);
  double (*fraction)(double, double);
  bool is_truth = false;
};

template <typename Test>
constexpr Binary Truth(std::string_view op, Test) {
  return {op, [](Int a, Int b) { return MaybeInt(Test()(a, b)); },
          [](double a, double b) { return Test()(a, b) ? 1.0 : 0.0; }, true};
}

constexpr std::array kBinaryOperations = {
    Binary{"Add", Sum, [](double a, double b) { return a + b; }},
    Binary{"Sum", Sum, [](double a, double b) { return a + b; }},
    Binary{"Sub", Difference, [](double a, double b) { return a - b; }},
    Binary{"Mul", Product, [](double a, double b) { return a * b; }},
    Binary{"Div", Quotient, [](double a, double b) { return a / b; }},
    Binary{"Mod", Remainder, [](double a, double b) { return std::fmod(a, b); }},
    Binary{"Pow", Power, [](double a, double b) { return std::pow(a, b); }},
    Binary{"Min", [](Int a, Int b) { return MaybeInt(std::min(a, b)); },
           [](double a, double b) { return std::min(a, b); }},
    Binary{"Max", [](Int a, Int b) { return MaybeInt(std::max(a, b)); },
           [](double a, double b) { return std::max(a, b); }},
    Truth("Equal", std::equal_to<>()),
    Truth("Less", std::less<>()),
    Truth("LessOrEqual", std::less_equal<>()),
    Truth("Greater", std::greater<>()),
    Truth("GreaterOrEqual", std::greater_equal<>()),
    Truth("And", std::logical_and<>()),
    Truth("Or", std::logical_or<>()),
    Truth("Xor", std::not_equal_to<>()),
};

/// The smallest integer stays what it is: it has no opposite.
Int Negative(Int a) { return a == std::numeric_limits<Int>::min() ? a : -a; }

/// A function of one tensor. Integers stay what they are where the function is null for them.
struct Unary {
  std::string_view op;
  double (*fraction)(double);
  Int (*whole)(Int) = nullptr;
};

constexpr std::array kUnaryOperations = {
    Unary{"Neg", [](double a) { return -a; }, Negative},
    Unary{"Abs", [](double a) { return std::abs(a); },
          [](Int a) { return a < 0 ? Negative(a) : a; }},
    Unary{"Sign", [](double a) { return static_cast<double>((a > 0) - (a < 0)); },
          [](Int a) { return static_cast<Int>((a > 0) - (a < 0)); }},
    Unary{"Not", [](double a) { return a == 0 ? 1.0 : 0.0; },
          [](Int a) { return static_cast<Int>(a == 0); }},
    Unary{"Floor", [](double a) { return std::floor(a); }},
    Unary{"Ceil", [](double a) { return std::ceil(a); }},
    Unary{"Round", [](double a) { return std::nearbyint(a); }},
    Unary{"Sqrt", [](double a) { return std::sqrt(a); }},
    Unary{"Exp", [](double a) { return std::exp(a); }},
    Unary{"Log", [](double a) { return std::log(a); }},
    Unary{"Reciprocal", [](double a) { return 1 / a; }},
};

/// Walks a result of shape `to`, giving for each element the places of the operands' elements.
class Broadcast {
 public:
  explicit Broadcast(Shape to) : to_(std::move(to)), strides_(StridesOf(to_)) {}

  std::size_t Place(const Shape& operand, std::int64_t element) const {
    const std::vector<Int> own = StridesOf(operand);
    const std::size_t offset = to_.size() - operand.size();
    Int place = 0;
    for (std::size_t i = 0; i < operand.size(); ++i) {
      if (operand[i] != 1) place += element / strides_[offset + i] % to_[offset + i] * own[i];
    }
    return static_cast<std::size_t>(place);
  }

 private:
  Shape to_;
  std::vector<Int> strides_;
};

bool IsFraction(DType dtype) { return dtype >= DType::kF64 && dtype <= DType::kBF16; }

std::optional<TensorInfo> Combine(const NodeView& node, const Binary& binary, const Constant& a,
                                  const Constant& b) {
  Constant result{.dtype = binary.is_truth ? DType::kBool : a.dtype,
                  .shape = BroadcastShape(node, a.shape, b.shape)};
  const Int count = ElementCount(result.shape);
  if (count > kMostFolded) return std::nullopt;
  const Broadcast places(result.shape);
  for (Int i = 0; i < count; ++i) {
    const Number x = At(a, places.Place(a.shape, i));
    const Number y = At(b, places.Place(b.shape, i));
    if (x.is_whole && y.is_whole) {
      const MaybeInt whole = binary.whole(x.whole, y.whole);
      if (!whole) return std::nullopt;
      result.ints.push_back(*whole);
    } else if (binary.is_truth) {
      result.ints.push_back(binary.fraction(x.fraction, y.fraction) != 0 ? 1 : 0);
    } else {
      result.floats.push_back(binary.fraction(x.fraction, y.fraction));
    }
  }
  return Known(std::move(result));
}

/// Two operands, or any number of them for Sum, Min and Max.
std::optional<TensorInfo> FoldBinary(const NodeView& node, const Binary& binary) {
  if (node.HasAttribute("broadcast")) return std::nullopt;  // old opsets did not compute shapes
  TensorInfo result = Known(*NumbersOf(node, 0));
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    const Constant* operand = NumbersOf(node, i);
    if (operand == nullptr) return std::nullopt;
    auto combined = Combine(node, binary, *result.constant, *operand);
    if (!combined) return std::nullopt;
    result = *std::move(combined);
  }
  return result;
}

std::optional<TensorInfo> FoldUnary(const NodeView& node, const Unary& unary) {
  Constant result = *NumbersOf(node, 0);
  for (double& number : result.floats) number = unary.fraction(number);
  if (unary.whole != nullptr) {
    for (Int& number : result.ints) number = unary.whole(number);
  }
  return Known(std::move(result));
}

std::optional<TensorInfo> FoldWhere(const NodeView& node) {
  const Constant* condition = NumbersOf(node, 0);
  const Constant* choices[] = {NumbersOf(node, 2), NumbersOf(node, 1)};
  if (choices[0] == nullptr || choices[1] == nullptr) return std::nullopt;
  Constant result{.dtype = node.Input(1).dtype, .shape = BroadcastShape(node)};
  const Int count = ElementCount(result.shape);
  if (count > kMostFolded) return std::nullopt;
  const Broadcast places(result.shape);
  for (Int i = 0; i < count; ++i) {
    const Number truth = At(*condition, places.Place(condition->shape, i));
    const Constant& choice = *choices[truth.fraction != 0 ? 1 : 0];
    const Number number = At(choice, places.Place(choice.shape, i));
    if (number.is_whole) result.ints.push_back(number.whole);
    if (!number.is_whole) result.floats.push_back(number.fraction);
  }
  return Known(std::move(result));
}

/// Integers from fractions are cut; truth is whatever is not zero.
std::optional<TensorInfo> FoldCast(const NodeView& node) {
  const Constant& from = *NumbersOf(node, 0);
  const DType to =
      node.op() == "Cast" ? node.ElementType("to").value_or(from.dtype) : node.Input(1).dtype;
  Constant result{.dtype = to, .shape = from.shape};
  for (std::size_t i = 0; i < from.ints.size() + from.floats.size(); ++i) {
    const Number number = At(from, i);
    if (IsFraction(to)) {
      result.floats.push_back(number.fraction);
    } else if (to == DType::kBool) {
      result.ints.push_back(number.fraction != 0 ? 1 : 0);
    } else if (number.is_whole) {
      result.ints.push_back(number.whole);
    } else {
      const double bounded = std::isnan(number.fraction) ? 0 : number.fraction;
      result.ints.push_back(static_cast<Int>(std::clamp(bounded, -9e15, 9e15)));
    }
  }
  return Known(std::move(result));
}

/// All numbers of a list as one: its product, sum, smallest or largest.
std::optional<TensorInfo> FoldReduce(const NodeView& node, std::string_view binary) {
  const Constant& from = *NumbersOf(node, 0);
  const bool is_noop = node.Int("noop_with_empty_axes", 0) != 0;
  if (from.shape.size() != 1 || from.ints.empty() || is_noop) return std::nullopt;
  const auto* operation = std::ranges::find(kBinaryOperations, binary, &Binary::op);
  Int result = from.ints[0];
  for (std::size_t i = 1; i < from.ints.size(); ++i) {
    const MaybeInt next = operation->whole(result, from.ints[i]);
    if (!next) return std::nullopt;
    result = *next;
  }
  const bool keep = node.Int("keepdims", 1) != 0;
  return KnownInts(keep ? Shape{1} : Shape{}, {result}, from.dtype);
}

}  // namespace

std::optional<TensorInfo> FoldMath(const NodeView& node) {
  const std::string_view op = node.op();
  if (const auto* binary = std::ranges::find(kBinaryOperations, op, &Binary::op);
      binary != kBinaryOperations.end()) {
    return FoldBinary(node, *binary);
  }
  if (const auto* unary = std::ranges::find(kUnaryOperations, op, &Unary::op);
      unary != kUnaryOperations.end()) {
    return FoldUnary(node, *unary);
  }
  if (op == "Where") return FoldWhere(node);
  if (op == "Cast" || op == "CastLike") return FoldCast(node);
  if (op == "ReduceProd") return FoldReduce(node, "Mul");
  if (op == "ReduceSum") return FoldReduce(node, "Add");
  if (op == "ReduceMin") return FoldReduce(node, "Min");
  if (op == "ReduceMax") return FoldReduce(node, "Max");
  return std::nullopt;
}

}  // namespace joulecast
