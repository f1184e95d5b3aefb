// SPDX-License-Identifier: Apache-2.0
// Networks of known operators with unlikely shapes and attributes, written as ONNX and read again:
// bytes alone rarely get as far as the layers.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "formats/onnx/model_writer.h"
#include "formats/onnx/onnx.h"
#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/layer.h"

namespace joulecast::fuzz {
namespace {

using namespace onnx::writer;

/// Every operator that a layer type reads, or that is computed while shapes are.
const std::vector<std::string>& Operators() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> ops = {"Shape", "Size",     "Constant", "ConstantOfShape",   "Range",
                                    "If",    "NonZero",  "Squeeze",  "Unsqueeze",         "Split",
                                    "Loop",  "Identity", "Unknown",  "joulecast::Unknown"};
    for (const LayerType* type : LayerCatalog())
      ops.insert(ops.end(), type->ops.begin(), type->ops.end());
    return ops;
  }();
  return all;
}

constexpr const char* kAttributes[] = {"axis",
                                       "axes",
                                       "kernel_shape",
                                       "strides",
                                       "pads",
                                       "dilations",
                                       "group",
                                       "auto_pad",
                                       "output_shape",
                                       "output_padding",
                                       "ceil_mode",
                                       "to",
                                       "perm",
                                       "transA",
                                       "transB",
                                       "keepdims",
                                       "num_heads",
                                       "hidden_size",
                                       "direction",
                                       "equation",
                                       "mode",
                                       "num_outputs",
                                       "split",
                                       "k",
                                       "bits",
                                       "block_size",
                                       "N",
                                       "K",
                                       "blocksize",
                                       "allowzero",
                                       "start",
                                       "end",
                                       "size",
                                       "value_ints",
                                       "value_int",
                                       "epsilon",
                                       "alpha",
                                       "q_num_heads",
                                       "kv_num_heads",
                                       "num_groups",
                                       "starts",
                                       "ends",
                                       "steps",
                                       "noop_with_empty_axes",
                                       "select_last_index",
                                       "linear_before_reset",
                                       "layout",
                                       "shape",
                                       "value",
                                       "batch_dims"};

constexpr const char* kTexts[] = {"SAME_UPPER", "VALID",        "bidirectional", "linear",
                                  "nearest",    "bij,bjk->bik", "...i,i->...",   "DCR",
                                  "NOTSET",     "constant"};

const std::string& Pick(FuzzedDataProvider& data, const std::vector<std::string>& from) {
  return from[data.ConsumeIntegralInRange<std::size_t>(0, from.size() - 1)];
}

/// A small number mostly, at times one past all reason.
std::int64_t Extent(FuzzedDataProvider& data) {
  constexpr std::int64_t kOdd[] = {
      INT64_MIN, -1, 0, 1, std::int64_t{1} << 31, std::int64_t{1} << 40, INT64_MAX, 7};
  const auto byte = data.ConsumeIntegral<std::uint8_t>();
  return byte < 240 ? byte % 40 - 4 : kOdd[byte % std::size(kOdd)];
}

std::vector<std::int64_t> Extents(FuzzedDataProvider& data, int most) {
  std::vector<std::int64_t> extents;
  for (int left = data.ConsumeIntegralInRange(0, most); left > 0; --left) {
    extents.push_back(Extent(data));
  }
  return extents;
}

std::string Attribute(FuzzedDataProvider& data) {
  const std::string name = data.PickValueInArray(kAttributes);
  switch (data.ConsumeIntegralInRange(0, 4)) {
    case 0:
      return AttributeProto(name, 2, Int(3, Extent(data)));
    case 1:
      return AttributeProto(name, 1, Float(2, static_cast<float>(Extent(data))));
    case 2:
      return AttributeProto(name, 3, Bytes(4, data.PickValueInArray(kTexts)));
    case 3:
      return AttributeProto(name, 4,
                            Bytes(5, TensorProto("", kInt64, {1}, Packed(7, {Extent(data)}))));
    default:
      return AttributeProto(name, 7, Packed(8, Extents(data, 8)));
  }
}

/// A tensor stored in the file: numbers that shapes depend on, or weights without their bytes.
std::string Stored(FuzzedDataProvider& data, const std::string& name) {
  if (data.ConsumeBool()) {
    const auto numbers = Extents(data, 8);
    const auto count = static_cast<std::int64_t>(numbers.size());
    return TensorProto(name, kInt64, {count}, Packed(7, numbers));
  }
  std::vector<std::int64_t> shape = Extents(data, 5);
  const std::string elsewhere = Int(14, 1) + Bytes(13, Bytes(1, "location") + Bytes(2, "none"));
  return TensorProto(name, data.ConsumeIntegralInRange(0, 24), shape, elsewhere);
}

std::string Write(FuzzedDataProvider& data) {
  std::string graph;
  std::vector<std::string> values = {""};
  const auto name_next = [&] { return values.emplace_back("v" + std::to_string(values.size())); };
  for (int left = data.ConsumeIntegralInRange(1, 3); left > 0; --left) {
    std::vector<std::string> dims;
    for (const std::int64_t extent : Extents(data, 5)) {
      dims.push_back(extent == -4 ? "open" : std::to_string(extent));
    }
    const std::int64_t type = data.ConsumeBool() ? kFloat : data.ConsumeIntegralInRange(0, 24);
    graph += In(ValueInfoProto(name_next(), type, dims));
  }
  for (int left = data.ConsumeIntegralInRange(0, 5); left > 0; --left) {
    graph += Initializer(Stored(data, name_next()));
  }
  for (int left = data.ConsumeIntegralInRange(1, 8); left > 0; --left) {
    std::string op = Pick(data, Operators());
    std::vector<std::string> inputs;
    for (int more = data.ConsumeIntegralInRange(0, 6); more > 0; --more) {
      inputs.push_back(Pick(data, values));
    }
    std::string more;
    if (const std::size_t colons = op.find("::"); colons != std::string::npos) {
      more += Bytes(7, op.substr(0, colons));
      op = op.substr(colons + 2);
    }
    for (int left_here = data.ConsumeIntegralInRange(0, 5); left_here > 0; --left_here) {
      more += Bytes(5, Attribute(data));
    }
    std::vector<std::string> outputs;
    for (int left_here = data.ConsumeIntegralInRange(1, 3); left_here > 0; --left_here) {
      outputs.push_back(name_next());
    }
    graph += N(NodeProto(op, "", inputs, outputs, more));
  }
  graph += Out(ValueInfoProto(values.back(), kFloat, {}));
  return Model(graph, data.ConsumeIntegralInRange(1, 22));
}

}  // namespace

void RunInput(std::string_view input) {
  FuzzedDataProvider data(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  EstimateGraph(ReadOnnxSkeleton(Write(data), "graph.onnx"), {});
}

}  // namespace joulecast::fuzz
