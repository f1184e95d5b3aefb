// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/tensors.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/sign.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

#include "joulecast/error.h"

namespace joulecast {

at::ScalarType ScalarTypeOf(DType dtype) {
  switch (dtype) {
    case DType::kF64:
      return at::kDouble;
    case DType::kF32:
      return at::kFloat;
    case DType::kF16:
      return at::kHalf;
    case DType::kBF16:
      return at::kBFloat16;
    case DType::kI64:
      return at::kLong;
    case DType::kI32:
      return at::kInt;
    case DType::kI16:
      return at::kShort;
    case DType::kI8:
      return at::kChar;
    case DType::kU8:
      return at::kByte;
    case DType::kBool:
      return at::kBool;
    case DType::kC64:
      return at::kComplexFloat;
    case DType::kC128:
      return at::kComplexDouble;
    default:
      throw Error(ErrorKind::kInput, "PyTorch has no tensors of type " + std::string(Name(dtype)) +
                                         "; measure with dtype=f32, f16 or bf16");
  }
}

Shape ShapeOf(const at::Tensor& tensor) { return tensor.sizes().vec(); }

TensorSource::TensorSource(at::Device device, std::uint64_t seed)
    : device_(device), generator_(at::detail::createCPUGenerator(seed)) {}

TensorSource TensorSource::Noting(std::vector<at::Tensor>& trained) const {
  TensorSource source = *this;
  source.trained_ = &trained;
  return source;
}

TensorSource TensorSource::Untrained() const {
  TensorSource source = *this;
  source.trained_ = nullptr;
  return source;
}

at::Tensor TensorSource::Note(at::Tensor made) const {
  if (trained_ == nullptr || !made.is_floating_point()) return made;
  return trained_->emplace_back(made.set_requires_grad(true));
}

// Drawn on the CPU, so that every device gets the same numbers.
at::Tensor TensorSource::Uniform(const Shape& shape, DType dtype, double low, double high) const {
  const at::ScalarType type = ScalarTypeOf(dtype);
  const at::ScalarType drawn = type == at::kDouble ? at::kDouble : at::kFloat;
  return at::empty(shape, drawn).uniform_(low, high, generator_).to(device_, type);
}

at::Tensor TensorSource::Make(const Operand& operand, DType otherwise) const {
  const DType dtype = operand.dtype.value_or(otherwise);
  const at::ScalarType type = ScalarTypeOf(dtype);
  if (!at::isFloatingType(type) && !at::isComplexType(type)) {
    const std::int64_t below = type == at::kBool ? 2 : operand.below;
    return at::randint(below, operand.shape, generator_, at::kLong).to(device_, type);
  }
  at::Tensor made = Uniform(operand.shape, dtype, -1, 1);
  if (operand.fill == Fill::kRelu) made.clamp_min_(0);
  return Note(operand.fill == Fill::kSigns ? at::sign(made) : made);
}

at::Tensor TensorSource::Weights(const Shape& shape, DType dtype, std::int64_t fan_in) const {
  at::Tensor& first = weights_[{shape, dtype, fan_in}];
  // Many times as quick as drawing anew; no gradient leads from a copy to the first.
  if (first.defined()) return Note(first.detach().clone());
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in));
  return Note(first = Uniform(shape, dtype, -bound, bound));
}

at::Tensor TensorSource::Constant(const Shape& shape, DType dtype, double value) const {
  return Note(at::full(shape, value, at::TensorOptions(device_).dtype(ScalarTypeOf(dtype))));
}

at::Tensor TensorSource::Known(const joulecast::Constant& numbers, const Shape& shape,
                               DType dtype) const {
  const auto copy = [&](const auto& from, at::ScalarType type) {
    at::Tensor tensor = at::empty(shape, type);
    std::copy(from.begin(), from.end(), tensor.data_ptr<std::decay_t<decltype(from[0])>>());
    return tensor.to(device_, ScalarTypeOf(dtype));
  };
  return numbers.floats.empty() ? copy(numbers.ints, at::kLong) : copy(numbers.floats, at::kDouble);
}

}  // namespace joulecast
