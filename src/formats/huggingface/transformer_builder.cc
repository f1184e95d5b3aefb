// SPDX-License-Identifier: Apache-2.0
#include "formats/huggingface/transformer_builder.h"

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::string_view kOurs = "joulecast";

Dim Fixed(std::int64_t size) { return {.size = size, .symbol = {}}; }
Dim Symbol(std::string name) { return {.size = std::nullopt, .symbol = std::move(name)}; }

/// The graph's operator for each name that a config gives an activation, with its attributes.
struct ActivationName {
  std::string_view name;
  std::string_view op;
  std::string_view domain;
  std::string_view approximate;  ///< of Gelu
};

constexpr ActivationName kActivations[] = {
    {"gelu", "Gelu", "", "none"},      {"gelu_new", "Gelu", "", "tanh"},
    {"gelu_fast", "Gelu", "", "tanh"}, {"gelu_pytorch_tanh", "Gelu", "", "tanh"},
    {"relu", "Relu", "", ""},          {"silu", "Silu", kOurs, ""},
    {"swish", "Silu", kOurs, ""},      {"tanh", "Tanh", "", ""},
};

}  // namespace

TransformerBuilder::TransformerBuilder(std::string_view name, DType dtype, Pass pass)
    : dtype_(dtype), pass_(pass) {
  graph_.name = name;
  graph_.format = "huggingface";
  graph_.folds_weights = false;
}

ValueId TransformerBuilder::NewValue(std::string name) {
  return graph_.AddValue({.name = std::move(name), .dtype = dtype_});
}

ValueId TransformerBuilder::Input(const std::string& name, std::vector<Dim> shape, bool is_index) {
  const ValueId input = graph_.AddValue(
      {.name = name, .dtype = is_index ? DType::kI64 : dtype_, .declared = std::move(shape)});
  graph_.inputs.push_back(input);
  return input;
}

Dim TransformerBuilder::Batch() { return Symbol("batch"); }
Dim TransformerBuilder::Prompt() { return Symbol("prompt"); }
Dim TransformerBuilder::Tokens() const { return pass_ == Pass::kDecode ? Fixed(1) : Prompt(); }

ValueId TransformerBuilder::TokenIds() { return Input("input_ids", {Batch(), Tokens()}, true); }

ValueId TransformerBuilder::TokenTypeIds() {
  return Input("token_type_ids", {Batch(), Tokens()}, true);
}

ValueId TransformerBuilder::PositionIds() {
  if (pass_ == Pass::kDecode) return Numbers("position_ids", {0});
  return Input("position_ids", {Prompt()}, true);
}

ValueId TransformerBuilder::Weight(const std::string& name,
                                   std::initializer_list<std::int64_t> shape) {
  const auto found = weights_.find(name);
  if (found != weights_.end()) return found->second;
  std::vector<Dim> dims;
  for (const std::int64_t extent : shape) dims.push_back(Fixed(extent));
  const ValueId weight = graph_.AddValue(
      {.name = name, .dtype = dtype_, .declared = std::move(dims), .is_constant = true});
  weights_.emplace(name, weight);
  return weight;
}

ValueId TransformerBuilder::Numbers(const std::string& name, std::vector<std::int64_t> numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  return graph_.AddValue(
      {.name = name,
       .dtype = DType::kI64,
       .declared = {{Fixed(count)}},
       .is_constant = true,
       .constant = Constant{.dtype = DType::kI64, .shape = {count}, .ints = std::move(numbers)}});
}

ValueId TransformerBuilder::Append(std::string_view op, const std::string& path,
                                   std::vector<ValueId> inputs, Attributes attributes,
                                   std::string_view domain) {
  constexpr std::size_t kMostNodes = 20'000;  // a mistyped count must not fill the memory
  if (graph_.nodes.size() == kMostNodes) {
    throw Error(ErrorKind::kInput, Printable(graph_.name, 60) + ": its layers are more than " +
                                       std::to_string(kMostNodes) +
                                       " operations; is the number of layers right?");
  }
  const ValueId output = NewValue(path + ".output");
  graph_.nodes.push_back({.op = std::string(op),
                          .domain = std::string(domain),
                          .name = path,
                          .inputs = std::move(inputs),
                          .outputs = {output},
                          .attributes = std::move(attributes)});
  return output;
}

ValueId TransformerBuilder::Embedding(const std::string& path, ValueId indices, std::int64_t count,
                                      std::int64_t width) {
  return Append("Gather", path, {Weight(path + ".weight", {count, width}), indices});
}

ValueId TransformerBuilder::Linear(const std::string& path, ValueId x, std::int64_t in,
                                   std::int64_t out, bool bias, const std::string& weight) {
  std::vector<ValueId> inputs = {x,
                                 Weight((weight.empty() ? path : weight) + ".weight", {out, in})};
  if (bias) inputs.push_back(Weight(path + ".bias", {out}));
  return Append("Linear", path, std::move(inputs), {}, kOurs);
}

ValueId TransformerBuilder::LayerNorm(const std::string& path, ValueId x, std::int64_t width) {
  return Append("LayerNormalization", path,
                {x, Weight(path + ".weight", {width}), Weight(path + ".bias", {width})},
                {{"axis", std::int64_t{-1}}});
}

ValueId TransformerBuilder::RmsNorm(const std::string& path, ValueId x, std::int64_t width) {
  return Append("RMSNormalization", path, {x, Weight(path + ".weight", {width})},
                {{"axis", std::int64_t{-1}}});
}

ValueId TransformerBuilder::AngleTable(const std::string& name, std::int64_t width) {
  const auto found = weights_.find(name);
  if (found != weights_.end()) return found->second;
  Constant row{.dtype = dtype_, .shape = {1, width}};
  row.floats.resize(static_cast<std::size_t>(width));
  const ValueId table = graph_.AddValue({.name = name,
                                         .dtype = dtype_,
                                         .declared = {{Fixed(1), Fixed(width)}},
                                         .is_constant = true,
                                         .constant = std::move(row)});
  weights_.emplace(name, table);
  return table;
}

ValueId TransformerBuilder::Rotary(const std::string& path, ValueId x, std::int64_t heads,
                                   std::int64_t head_size) {
  return Append("RotaryEmbedding", path,
                {x, AngleTable("cosines", head_size / 2), AngleTable("sines", head_size / 2)},
                {{"num_heads", heads}});
}

ValueId TransformerBuilder::Activation(const std::string& path, ValueId x,
                                       const std::string& function) {
  for (const ActivationName& each : kActivations) {
    if (each.name != function) continue;
    Attributes attributes;
    if (!each.approximate.empty())
      attributes.emplace_back("approximate", std::string(each.approximate));
    return Append(each.op, path, {x}, std::move(attributes), each.domain);
  }
  throw Error(ErrorKind::kInput, "activation '" + Printable(function, 40) + "' of " + path +
                                     " is none that Joulecast knows: gelu, gelu_new, relu, silu");
}

ValueId TransformerBuilder::Reshape(const std::string& path, ValueId x,
                                    std::vector<std::int64_t> extents) {
  return Append("Reshape", path, {x, Numbers(path + ".shape", std::move(extents))});
}

std::vector<ValueId> TransformerBuilder::Split(const std::string& path, ValueId x,
                                               std::size_t parts) {
  std::vector<ValueId> results = {Append("Split", path, {x}, {{"axis", std::int64_t{-1}}})};
  while (results.size() < parts) {
    results.push_back(NewValue(path + ".output" + std::to_string(results.size())));
    graph_.nodes.back().outputs.push_back(results.back());
  }
  return results;
}

ValueId TransformerBuilder::HeadsFirst(const std::string& path, ValueId x) {
  using Ints = std::vector<std::int64_t>;
  const bool one_query = pass_ == Pass::kDecode;
  const ValueId turned =
      Append("Transpose", path, {x}, {{"perm", one_query ? Ints{1, 0} : Ints{2, 0, 1}}});
  return Append("Unsqueeze", path + ".unsqueeze",
                {turned, Numbers(path + ".axes", one_query ? Ints{0, 2} : Ints{0})});
}

ValueId TransformerBuilder::Unary(const std::string& path, std::string_view op, ValueId x) {
  return Append(op, path, {x});
}

ValueId TransformerBuilder::Binary(const std::string& path, std::string_view op, ValueId a,
                                   ValueId b) {
  return Append(op, path, {a, b});
}

ValueId TransformerBuilder::SelfAttention(const std::string& path, ValueId q, ValueId k, ValueId v,
                                          const AttentionShape& shape, ValueId bias) {
  std::vector<ValueId> inputs = {q, k, v, bias};
  if (pass_ == Pass::kDecode) {
    for (const char* cached : {".past_key", ".past_value"}) {
      inputs.push_back(Input(
          path + cached, {Batch(), Fixed(shape.kv_heads), Symbol("past"), Fixed(shape.head_size)}));
    }
  }
  const ValueId output = Append("Attention", path, std::move(inputs),
                                {{"q_num_heads", shape.heads},
                                 {"kv_num_heads", shape.kv_heads},
                                 {"is_causal", std::int64_t{shape.is_causal ? 1 : 0}}});
  if (pass_ == Pass::kDecode) {
    for (const char* present : {".present_key", ".present_value"}) {
      const ValueId value = NewValue(path + present);
      graph_.nodes.back().outputs.push_back(value);
    }
  }
  return output;
}

ValueId TransformerBuilder::CrossAttention(const std::string& path, ValueId q, ValueId k, ValueId v,
                                           const AttentionShape& shape) {
  return Append("Attention", path, {q, k, v},
                {{"q_num_heads", shape.heads}, {"kv_num_heads", shape.kv_heads}});
}

ValueId TransformerBuilder::LastPosition(const std::string& path, ValueId x) {
  return Append("Slice", path,
                {x, Numbers(path + ".starts", {-1}), Numbers(path + ".ends", {INT32_MAX}),
                 Numbers(path + ".axes", {1})});
}

ValueId TransformerBuilder::Pick(const std::string& path, ValueId x) {
  const ValueId first = Append("Slice", path,
                               {x, Numbers(path + ".starts", {0}), Numbers(path + ".ends", {1}),
                                Numbers(path + ".axes", {1})});
  return Append("Squeeze", path + ".squeeze", {first, Numbers(path + ".squeezed", {1})});
}

ValueId TransformerBuilder::Experts(const std::string& path, ValueId x, std::int64_t experts,
                                    std::int64_t active, std::int64_t in, std::int64_t out,
                                    bool shared_input) {
  return Append("ExpertLinear", path, {x, Weight(path + ".weight", {experts, out, in})},
                {{"active", active}, {"shared", std::int64_t{shared_input ? 1 : 0}}}, kOurs);
}

ValueId TransformerBuilder::Router(const std::string& path, ValueId scores, std::int64_t active) {
  const ValueId shares =
      Append("Softmax", path + ".softmax", {scores}, {{"axis", std::int64_t{-1}}});
  const ValueId best =
      Append("TopK", path + ".topk", {shares, Numbers(path + ".topk.k", {active})});
  const ValueId which = graph_.AddValue({.name = path + ".experts", .dtype = DType::kI64});
  graph_.nodes.back().outputs.push_back(which);
  return Append("Unsqueeze", path + ".unsqueeze", {best, Numbers(path + ".axes", {-1})});
}

ValueId TransformerBuilder::Combine(const std::string& path, ValueId results, ValueId weights) {
  const ValueId weighted = Append("Mul", path + ".weighted", {results, weights});
  return Append("ReduceSum", path + ".sum", {weighted, Numbers(path + ".sum.axes", {-2})},
                {{"keepdims", std::int64_t{0}}});
}

Graph TransformerBuilder::Finish(std::vector<ValueId> outputs) {
  graph_.outputs = std::move(outputs);
  return std::move(graph_);
}

}  // namespace joulecast
