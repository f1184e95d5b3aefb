// SPDX-License-Identifier: Apache-2.0
#include "layers/product.h"

#include <algorithm>
#include <utility>

namespace joulecast {
namespace {

/// Where an operator keeps its second operand and its bias among its inputs, and what comes out.
struct ProductPlaces {
  std::string_view op;
  std::size_t b;
  std::size_t bias;            ///< kNone: it has no bias
  std::size_t type_of_result;  ///< the input that has it; kNone: fixed
  DType result = DType::kUnknown;
};

constexpr std::size_t kNone = 99;

constexpr ProductPlaces kPlaces[] = {
    {"Gemm", 1, 2, 0},
    {"FusedGemm", 1, 2, 0},
    {"MatMulInteger", 1, kNone, kNone, DType::kI32},
    {"QLinearMatMul", 3, kNone, 7},
    {"QGemm", 3, 6, kNone, DType::kF32},  // or the type of input 8, where it is there
    {"DynamicQuantizeMatMul", 1, 4, 0},
    {"MatMulIntegerToFloat", 1, 6, kNone, DType::kF32},
};

ProductPlaces PlacesOf(std::string_view op) {
  for (const ProductPlaces& places : kPlaces) {
    if (places.op == op) return places;
  }
  return {op, 1, kNone, 0};
}

DType ResultOf(const NodeView& node, const ProductPlaces& places) {
  if (places.op == "QGemm" && node.HasInput(8)) return node.Input(8).dtype;
  return places.type_of_result == kNone ? places.result : node.Input(places.type_of_result).dtype;
}

Shape Transposed(Shape shape, bool flip) {
  if (flip && shape.size() >= 2) std::swap(shape[shape.size() - 2], shape.back());
  return shape;
}

}  // namespace

MatrixProduct ReadMatrixProduct(const NodeView& node) {
  const ProductPlaces places = PlacesOf(node.op());
  const TensorInfo& a = node.InputOfRank(0, 1);
  const TensorInfo& b = node.InputOfRank(places.b, 1);
  const bool is_gemm = node.op().find("Gemm") != std::string_view::npos;
  if (is_gemm && (a.shape.size() != 2 || b.shape.size() != 2)) {
    node.Fail("both operands should be matrices");
  }
  if (node.Int("transBatchA", 0) != 0 || node.Int("transBatchB", 0) != 0) {
    node.Fail(
        "operands with batches between rows and columns are not read; export the model "
        "before ONNX Runtime optimises it");
  }
  // Quantised on the way in, computed in integers.
  const bool quantises = node.op() == "DynamicQuantizeMatMul";
  return {.a = a,
          .b = b,
          .a_shape = Transposed(a.shape, node.Int("transA", 0) != 0),
          .b_shape = Transposed(b.shape, node.Int("transB", 0) != 0),
          .bias = node.HasInput(places.bias),
          .dtype = ProductType(quantises ? b : a),
          .result = ResultOf(node, places)};
}

void MeasureProduct(const LayerSpec& spec, const DeviceTraits&, std::span<double> amounts) {
  const Work work = spec.CountWork();
  amounts[kProductMacs] = 1e-9 * static_cast<double>(work.macs);
  amounts[kProductWeights] = 1e-9 * static_cast<double>(work.weight_bytes);
  amounts[kProductInput] = 1e-9 * static_cast<double>(work.input_bytes);
  amounts[kProductOutput] = 1e-9 * static_cast<double>(work.output_bytes);
  amounts[kProductCall] = 1;
}

std::int64_t ProductType(const TensorInfo& operand) {
  return static_cast<std::int64_t>(operand.dtype == DType::kU8 ? DType::kI8 : operand.dtype);
}

Lowered WithResultType(Lowered lowered, DType dtype) {
  lowered.outputs.at(0).dtype = dtype;
  return lowered;
}

}  // namespace joulecast
