// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

/// Throws Error{kInput} for an element type that PyTorch has no tensors of.
at::ScalarType ScalarTypeOf(DType dtype);

Shape ShapeOf(const at::Tensor& tensor);

/// What random numbers a tensor is filled with. What a layer costs may depend on it: branches on
/// signs, and numbers so small that the processor needs help.
enum class Fill {
  kUniform,  ///< -1 ... 1
  kSigns,    ///< -1 or 1: multiplying by it again and again neither grows nor shrinks a number
  kRelu,     ///< what a relu leaves: half of them 0, the others 0 ... 1
};

/// A tensor to be made up.
struct Operand {
  Shape shape;
  std::optional<DType> dtype = {};  ///< the layer's own where left out
  Fill fill = Fill::kUniform;       ///< of floating types
  std::int64_t below = 2;           ///< integers are 0 ... below - 1
  bool gets_gradient = true;        ///< in a backward pass; integers never do
};

/// Makes up tensors on one device. Equal seeds make equal tensors.
class TensorSource {
 public:
  TensorSource(at::Device device, std::uint64_t seed);

  at::Device device() const { return device_; }

  /// The same source, which notes the floating tensors that it makes as trained: they ask for
  /// gradients. `trained` must outlive it.
  TensorSource Noting(std::vector<at::Tensor>& trained) const;
  /// The same source, of tensors that are stored but not trained.
  TensorSource Untrained() const;

  at::Tensor Make(const Operand& operand, DType otherwise) const;

  /// Numbers of a size that keeps a sum of `fan_in` products of a relu's results as large as the
  /// results were (He et al., arXiv 1502.01852), so that a deep net neither overflows nor vanishes.
  /// Equal layers get equal numbers, each in memory of its own.
  at::Tensor Weights(const Shape& shape, DType dtype, std::int64_t fan_in) const;
  at::Tensor Constant(const Shape& shape, DType dtype, double value) const;

  /// A constant of known numbers.
  at::Tensor Known(const joulecast::Constant& numbers, const Shape& shape, DType dtype) const;

 private:
  at::Tensor Uniform(const Shape& shape, DType dtype, double low, double high) const;
  at::Tensor Note(at::Tensor made) const;

  at::Device device_;
  std::vector<at::Tensor>* trained_ = nullptr;  ///< null: not noted
  mutable at::Generator generator_;             ///< its state is no part of what a source means
  mutable std::map<std::tuple<Shape, DType, std::int64_t>, at::Tensor> weights_;  ///< drawn so far
};

}  // namespace joulecast
