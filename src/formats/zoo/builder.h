// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

/// Height and width. One number stands for both.
struct Extent2d {
  constexpr Extent2d(std::int64_t both) : height(both), width(both) {}  // NOLINT: `.kernel = 3`
  constexpr Extent2d(std::int64_t h, std::int64_t w) : height(h), width(w) {}

  std::int64_t height;
  std::int64_t width;
};

struct ConvOptions {
  Extent2d kernel = 1;
  std::int64_t stride = 1;
  Extent2d padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
};

struct PoolOptions {
  std::int64_t kernel = 2;
  std::int64_t stride = 2;
  std::int64_t padding = 0;
  bool ceil_mode = false;
};

/// A pointwise function. PyTorch overwrites its input where `inplace`.
enum class Activation { kNone, kRelu, kRelu6, kSilu, kHardSwish, kGelu, kSigmoid, kHardSigmoid };

/// Writes a network down layer by layer, as a PyTorch module would run it. Each call adds one node
/// named by its module path and returns its result. Weights have shapes and no numbers; the size
/// of the image is nowhere but in the input, so that it stays the caller's choice. Dropout without
/// probability and stochastic depth, which do nothing at inference, are left out.
class ZooBuilder {
 public:
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  /// The input is `sample` with its leading extent replaced by the symbol "batch".
  ZooBuilder(std::string_view name, const Shape& sample);

  ValueId input() const { return graph_.inputs.front(); }

  /// Any node of one result. What ONNX lacks has the domain "joulecast".
  ValueId Append(std::string_view op, const std::string& path, std::vector<ValueId> inputs,
                 Attributes attributes = {}, std::string_view domain = "");

  /// Something stored with the network.
  ValueId Weight(const std::string& name, std::initializer_list<std::int64_t> shape);

  ValueId Conv(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
               const ConvOptions& options);
  /// Over the last axis, whatever comes before it.
  ValueId Linear(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
                 bool bias = true);
  ValueId MatMul(const std::string& path, ValueId a, ValueId b);
  ValueId BatchNorm(const std::string& path, ValueId x, std::int64_t channels);
  /// Over the last axis.
  ValueId LayerNorm(const std::string& path, ValueId x, std::int64_t channels);

  ValueId Activate(const std::string& path, ValueId x, Activation kind, bool inplace);
  ValueId Relu(const std::string& path, ValueId x, bool inplace);
  ValueId Tanh(const std::string& path, ValueId x);
  /// Along the last axis.
  ValueId Softmax(const std::string& path, ValueId x);
  ValueId Dropout(const std::string& path, ValueId x);

  ValueId MaxPool(const std::string& path, ValueId x, const PoolOptions& options);
  /// Padding counts as zeros, as PyTorch's does.
  ValueId AvgPool(const std::string& path, ValueId x, const PoolOptions& options);
  ValueId AdaptiveAvgPool(const std::string& path, ValueId x, std::int64_t height,
                          std::int64_t width);
  /// One mean per channel: [batch, channels].
  ValueId SpatialMean(const std::string& path, ValueId x);

  ValueId Add(const std::string& path, ValueId a, ValueId b, bool inplace);
  ValueId Mul(const std::string& path, ValueId a, ValueId b);
  /// By one number.
  ValueId Scale(const std::string& path, ValueId x);
  /// x / |x| along an axis: a norm, a bound from below and a division.
  ValueId Normalize(const std::string& path, ValueId x, std::int64_t axis);

  ValueId Concat(const std::string& path, std::vector<ValueId> parts);
  /// Equal parts.
  std::vector<ValueId> Split(const std::string& path, ValueId x, std::int64_t axis, int parts);
  /// One index along an axis, which goes.
  ValueId Select(const std::string& path, ValueId x, std::int64_t axis, std::int64_t index);
  ValueId Flatten(const std::string& path, ValueId x);
  /// 0 keeps an extent, -1 is what remains.
  ValueId Reshape(const std::string& path, ValueId x, std::vector<std::int64_t> shape);
  ValueId Transpose(const std::string& path, ValueId x, std::vector<std::int64_t> order);

  /// Weights that only training uses: they are parameters that do nothing.
  void TrainingOnly(const std::string& path, std::vector<ValueId> weights);

  /// The finished network, whose output is `output`. The builder is empty afterwards.
  Graph Finish(ValueId output);

 private:
  ValueId Numbers(const std::string& name, Shape shape, std::vector<std::int64_t> numbers);
  Node& AppendNode(std::string_view op, const std::string& path, std::vector<ValueId> inputs,
                   Attributes attributes, std::string_view domain = "");

  Graph graph_;
};

}  // namespace joulecast
