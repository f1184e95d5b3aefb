// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/builder.h"

#include <span>

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;

Value FixedValue(std::string name, std::span<const std::int64_t> shape) {
  std::vector<Dim> dims;
  for (const std::int64_t extent : shape) dims.push_back({.size = extent, .symbol = {}});
  return {.name = std::move(name), .dtype = DType::kF32, .declared = std::move(dims)};
}

std::int64_t AsFlag(bool on) { return on ? 1 : 0; }

}  // namespace

ZooBuilder::ZooBuilder(std::string_view name, const Shape& sample) {
  graph_.name = name;
  graph_.format = "zoo";
  Value input = FixedValue("input", sample);
  input.declared->front() = {.size = std::nullopt, .symbol = "batch"};
  graph_.inputs.push_back(graph_.AddValue(std::move(input)));
}

ValueId ZooBuilder::Weight(const std::string& name, std::initializer_list<std::int64_t> shape) {
  Value weight = FixedValue(name, shape);
  weight.is_constant = true;
  return graph_.AddValue(std::move(weight));
}

ValueId ZooBuilder::Append(std::string_view op, const std::string& path,
                           std::vector<ValueId> inputs, Attributes attributes,
                           std::string_view domain) {
  const ValueId output = graph_.AddValue({.name = path + ".output", .dtype = DType::kF32});
  graph_.nodes.push_back({.op = std::string(op),
                          .domain = std::string(domain),
                          .name = path,
                          .inputs = std::move(inputs),
                          .outputs = {output},
                          .attributes = std::move(attributes)});
  return output;
}

ValueId ZooBuilder::Conv(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
                         const ConvOptions& options) {
  const auto& [kernel, stride, padding, groups, bias] = options;
  std::vector<ValueId> inputs = {x, Weight(path + ".weight", {out, in / groups, kernel, kernel})};
  if (bias) inputs.push_back(Weight(path + ".bias", {out}));
  return Append("Conv", path, std::move(inputs),
                {{"kernel_shape", Ints{kernel, kernel}},
                 {"strides", Ints{stride, stride}},
                 {"pads", Ints(4, padding)},
                 {"group", groups}});
}

ValueId ZooBuilder::BatchNorm(const std::string& path, ValueId x, std::int64_t channels) {
  return Append(
      "BatchNormalization", path,
      {x, Weight(path + ".weight", {channels}), Weight(path + ".bias", {channels}),
       Weight(path + ".running_mean", {channels}), Weight(path + ".running_var", {channels})});
}

ValueId ZooBuilder::Relu(const std::string& path, ValueId x, bool inplace) {
  return Append("Relu", path, {x}, {{"inplace", AsFlag(inplace)}});
}

ValueId ZooBuilder::Relu6(const std::string& path, ValueId x, bool inplace) {
  return Append("Clip", path, {x}, {{"min", 0.0}, {"max", 6.0}, {"inplace", AsFlag(inplace)}});
}

ValueId ZooBuilder::MaxPool(const std::string& path, ValueId x, const PoolOptions& options) {
  const auto& [kernel, stride, padding, ceil_mode] = options;
  return Append("MaxPool", path, {x},
                {{"kernel_shape", Ints{kernel, kernel}},
                 {"strides", Ints{stride, stride}},
                 {"pads", Ints(4, padding)},
                 {"ceil_mode", AsFlag(ceil_mode)}});
}

ValueId ZooBuilder::AdaptiveAvgPool(const std::string& path, ValueId x, std::int64_t height,
                                    std::int64_t width) {
  return Append("AdaptiveAveragePool", path, {x}, {{"output_size", Ints{height, width}}},
                "joulecast");
}

ValueId ZooBuilder::Linear(const std::string& path, ValueId x, std::int64_t in, std::int64_t out) {
  return Append("Gemm", path,
                {x, Weight(path + ".weight", {out, in}), Weight(path + ".bias", {out})},
                {{"transB", std::int64_t{1}}});
}

ValueId ZooBuilder::Dropout(const std::string& path, ValueId x) {
  return Append("Dropout", path, {x});
}

ValueId ZooBuilder::Flatten(const std::string& path, ValueId x) {
  return Append("Flatten", path, {x});
}

ValueId ZooBuilder::Add(const std::string& path, ValueId a, ValueId b, bool inplace) {
  return Append("Add", path, {a, b}, {{"inplace", AsFlag(inplace)}});
}

ValueId ZooBuilder::Concat(const std::string& path, std::vector<ValueId> parts) {
  return Append("Concat", path, std::move(parts), {{"axis", std::int64_t{1}}});
}

Graph ZooBuilder::Finish(ValueId output) {
  graph_.outputs.push_back(output);
  return std::move(graph_);
}

}  // namespace joulecast
