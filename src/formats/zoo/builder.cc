// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/builder.h"

#include <span>

namespace joulecast {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::string_view kOurs = "joulecast";  ///< the domain of what ONNX lacks

Value FixedValue(std::string name, std::span<const std::int64_t> shape) {
  std::vector<Dim> dims;
  for (const std::int64_t extent : shape) dims.push_back({.size = extent, .symbol = {}});
  return {.name = std::move(name), .dtype = DType::kF32, .declared = std::move(dims)};
}

std::int64_t AsFlag(bool on) { return on ? 1 : 0; }

struct PointwiseOp {
  std::string_view op;
  std::string_view domain = "";
};

PointwiseOp OpOf(Activation kind) {
  switch (kind) {
    case Activation::kNone:
      return {"Identity"};
    case Activation::kRelu:
      return {"Relu"};
    case Activation::kRelu6:
      return {"Clip"};
    case Activation::kSilu:
      return {"Silu", kOurs};
    case Activation::kHardSwish:
      return {"HardSwish"};
    case Activation::kGelu:
      return {"Gelu"};
    case Activation::kSigmoid:
      return {"Sigmoid"};
    case Activation::kHardSigmoid:
      return {"HardSigmoid"};
  }
  return {"Identity"};
}

}  // namespace

ZooBuilder::ZooBuilder(std::string_view name, const Shape& sample) {
  graph_.name = name;
  graph_.format = "zoo";
  graph_.folds_weights = false;
  Value input = FixedValue("input", sample);
  input.declared->front() = {.size = std::nullopt, .symbol = "batch"};
  graph_.inputs.push_back(graph_.AddValue(std::move(input)));
}

ValueId ZooBuilder::Weight(const std::string& name, std::initializer_list<std::int64_t> shape) {
  Value weight = FixedValue(name, shape);
  weight.is_constant = true;
  return graph_.AddValue(std::move(weight));
}

ValueId ZooBuilder::Numbers(const std::string& name, Shape shape, Ints numbers) {
  Value value = FixedValue(name, shape);
  value.dtype = DType::kI64;
  value.is_constant = true;
  value.constant =
      Constant{.dtype = DType::kI64, .shape = std::move(shape), .ints = std::move(numbers)};
  return graph_.AddValue(std::move(value));
}

Node& ZooBuilder::AppendNode(std::string_view op, const std::string& path,
                             std::vector<ValueId> inputs, Attributes attributes,
                             std::string_view domain) {
  return graph_.nodes.emplace_back(Node{.op = std::string(op),
                                        .domain = std::string(domain),
                                        .name = path,
                                        .inputs = std::move(inputs),
                                        .attributes = std::move(attributes)});
}

ValueId ZooBuilder::Append(std::string_view op, const std::string& path,
                           std::vector<ValueId> inputs, Attributes attributes,
                           std::string_view domain) {
  const ValueId output = graph_.AddValue({.name = path + ".output", .dtype = DType::kF32});
  AppendNode(op, path, std::move(inputs), std::move(attributes), domain).outputs = {output};
  return output;
}

ValueId ZooBuilder::Conv(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
                         const ConvOptions& options) {
  const auto& [kernel, stride, padding, groups, bias] = options;
  std::vector<ValueId> inputs = {
      x, Weight(path + ".weight", {out, in / groups, kernel.height, kernel.width})};
  if (bias) inputs.push_back(Weight(path + ".bias", {out}));
  return Append("Conv", path, std::move(inputs),
                {{"kernel_shape", Ints{kernel.height, kernel.width}},
                 {"strides", Ints{stride, stride}},
                 {"pads", Ints{padding.height, padding.width, padding.height, padding.width}},
                 {"group", groups}});
}

ValueId ZooBuilder::Linear(const std::string& path, ValueId x, std::int64_t in, std::int64_t out,
                           bool bias) {
  std::vector<ValueId> inputs = {x, Weight(path + ".weight", {out, in})};
  if (bias) inputs.push_back(Weight(path + ".bias", {out}));
  return Append("Linear", path, std::move(inputs), {}, kOurs);
}

ValueId ZooBuilder::MatMul(const std::string& path, ValueId a, ValueId b) {
  return Append("MatMul", path, {a, b});
}

ValueId ZooBuilder::BatchNorm(const std::string& path, ValueId x, std::int64_t channels) {
  return Append(
      "BatchNormalization", path,
      {x, Weight(path + ".weight", {channels}), Weight(path + ".bias", {channels}),
       Weight(path + ".running_mean", {channels}), Weight(path + ".running_var", {channels})});
}

ValueId ZooBuilder::LayerNorm(const std::string& path, ValueId x, std::int64_t channels) {
  return Append("LayerNormalization", path,
                {x, Weight(path + ".weight", {channels}), Weight(path + ".bias", {channels})},
                {{"axis", std::int64_t{-1}}});
}

ValueId ZooBuilder::Activate(const std::string& path, ValueId x, Activation kind, bool inplace) {
  if (kind == Activation::kNone) return x;
  Attributes attributes = {{"inplace", AsFlag(inplace)}};
  if (kind == Activation::kRelu6) {
    attributes.insert(attributes.end(), {{"min", 0.0}, {"max", 6.0}});
  }
  const auto [op, domain] = OpOf(kind);
  return Append(op, path, {x}, std::move(attributes), domain);
}

ValueId ZooBuilder::Relu(const std::string& path, ValueId x, bool inplace) {
  return Activate(path, x, Activation::kRelu, inplace);
}

ValueId ZooBuilder::Tanh(const std::string& path, ValueId x) {
  return Append("Tanh", path, {x}, {{"inplace", std::int64_t{0}}});
}

ValueId ZooBuilder::Softmax(const std::string& path, ValueId x) {
  return Append("Softmax", path, {x}, {{"axis", std::int64_t{-1}}});
}

ValueId ZooBuilder::Dropout(const std::string& path, ValueId x) {
  return Append("Dropout", path, {x});
}

ValueId ZooBuilder::MaxPool(const std::string& path, ValueId x, const PoolOptions& options) {
  const auto& [kernel, stride, padding, ceil_mode] = options;
  return Append("MaxPool", path, {x},
                {{"kernel_shape", Ints{kernel, kernel}},
                 {"strides", Ints{stride, stride}},
                 {"pads", Ints(4, padding)},
                 {"ceil_mode", AsFlag(ceil_mode)}});
}

ValueId ZooBuilder::AvgPool(const std::string& path, ValueId x, const PoolOptions& options) {
  const auto& [kernel, stride, padding, ceil_mode] = options;
  return Append("AveragePool", path, {x},
                {{"kernel_shape", Ints{kernel, kernel}},
                 {"strides", Ints{stride, stride}},
                 {"pads", Ints(4, padding)},
                 {"ceil_mode", AsFlag(ceil_mode)},
                 {"count_include_pad", std::int64_t{1}}});
}

ValueId ZooBuilder::AdaptiveAvgPool(const std::string& path, ValueId x, std::int64_t height,
                                    std::int64_t width) {
  return Append("AdaptiveAveragePool", path, {x}, {{"output_size", Ints{height, width}}}, kOurs);
}

ValueId ZooBuilder::SpatialMean(const std::string& path, ValueId x) {
  return Append("ReduceMean", path, {x}, {{"axes", Ints{2, 3}}, {"keepdims", std::int64_t{0}}});
}

ValueId ZooBuilder::Add(const std::string& path, ValueId a, ValueId b, bool inplace) {
  return Append("Add", path, {a, b}, {{"inplace", AsFlag(inplace)}});
}

ValueId ZooBuilder::Mul(const std::string& path, ValueId a, ValueId b) {
  return Append("Mul", path, {a, b});
}

ValueId ZooBuilder::Scale(const std::string& path, ValueId x) {
  return Mul(path, x, Weight(path + ".factor", {}));
}

ValueId ZooBuilder::Normalize(const std::string& path, ValueId x, std::int64_t axis) {
  ValueId norm = Append("ReduceL2", path + ".norm", {x},
                        {{"axes", Ints{axis}}, {"keepdims", std::int64_t{1}}});
  norm = Append("Clip", path + ".clamp", {norm}, {{"min", 1e-12}, {"inplace", std::int64_t{0}}});
  return Append("Div", path, {x, norm});
}

ValueId ZooBuilder::Concat(const std::string& path, std::vector<ValueId> parts) {
  return Append("Concat", path, std::move(parts), {{"axis", std::int64_t{1}}});
}

std::vector<ValueId> ZooBuilder::Split(const std::string& path, ValueId x, std::int64_t axis,
                                       int parts) {
  std::vector<ValueId> outputs;
  for (int i = 0; i < parts; ++i) {
    const std::string name = path + ".output." + std::to_string(i);
    outputs.push_back(graph_.AddValue({.name = name, .dtype = DType::kF32}));
  }
  AppendNode("Split", path, {x}, {{"axis", axis}, {"num_outputs", std::int64_t{parts}}}).outputs =
      outputs;
  return outputs;
}

ValueId ZooBuilder::Select(const std::string& path, ValueId x, std::int64_t axis,
                           std::int64_t index) {
  return Append("Gather", path, {x, Numbers(path + ".index", {}, {index})}, {{"axis", axis}});
}

ValueId ZooBuilder::Flatten(const std::string& path, ValueId x) {
  return Append("Flatten", path, {x});
}

ValueId ZooBuilder::Reshape(const std::string& path, ValueId x, Ints shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  return Append("Reshape", path, {x, Numbers(path + ".shape", {rank}, std::move(shape))});
}

ValueId ZooBuilder::Transpose(const std::string& path, ValueId x, Ints order) {
  return Append("Transpose", path, {x}, {{"perm", std::move(order)}});
}

void ZooBuilder::TrainingOnly(const std::string& path, std::vector<ValueId> weights) {
  AppendNode("TrainingOnly", path, std::move(weights), {}, kOurs);
}

Graph ZooBuilder::Finish(ValueId output) {
  graph_.outputs.push_back(output);
  return std::move(graph_);
}

}  // namespace joulecast
