// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

struct ConvOptions {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
};

struct PoolOptions {
  std::int64_t kernel = 2;
  std::int64_t stride = 2;
  std::int64_t padding = 0;
  bool ceil_mode = false;
};

/// Writes a network down layer by layer, as a PyTorch module would run it. Each call adds one node
/// named by its module path and returns its result. Weights have shapes and no numbers; the size
/// of the image is nowhere but in the input, so that it stays the caller's choice.
class ZooBuilder {
 public:
  /// The input is `sample` with its leading extent replaced by the symbol "batch".
  ZooBuilder(std::string_view name, const Shape& sample);

  ValueId input() const { return graph_.inputs.front(); }

  ValueId Conv(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
               const ConvOptions& options);
  ValueId BatchNorm(const std::string& path, ValueId x, std::int64_t channels);
  ValueId Relu(const std::string& path, ValueId x, bool inplace);
  ValueId Relu6(const std::string& path, ValueId x, bool inplace);
  ValueId MaxPool(const std::string& path, ValueId x, const PoolOptions& options);
  ValueId AdaptiveAvgPool(const std::string& path, ValueId x, std::int64_t height,
                          std::int64_t width);
  ValueId Linear(const std::string& path, ValueId x, std::int64_t in, std::int64_t out);
  ValueId Dropout(const std::string& path, ValueId x);
  ValueId Flatten(const std::string& path, ValueId x);
  ValueId Add(const std::string& path, ValueId a, ValueId b, bool inplace);
  ValueId Concat(const std::string& path, std::vector<ValueId> parts);

  /// The finished network, whose output is `output`. The builder is empty afterwards.
  Graph Finish(ValueId output);

 private:
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  ValueId Weight(const std::string& name, std::initializer_list<std::int64_t> shape);
  ValueId Append(std::string_view op, const std::string& path, std::vector<ValueId> inputs,
                 Attributes attributes = {}, std::string_view domain = "");

  Graph graph_;
};

}  // namespace joulecast
