// SPDX-License-Identifier: Apache-2.0
// A layer type of a program's own: "Swish" of the domain com.example, x * sigmoid(x), which no
// catalogue knows. It is read from a graph, counted, and forecast like an activation that was
// measured; nothing of Joulecast is changed.
#include <joulecast/error.h>
#include <joulecast/estimate.h>
#include <joulecast/graph.h>
#include <joulecast/node_view.h>

#include <array>
#include <cstdio>

using namespace joulecast;

namespace {

enum Slot : std::size_t { kBatch, kElements, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "elements"},  // per sample
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& spec) { return {spec[kBatch], spec[kElements]}; }

Work CountWork(const LayerSpec& spec) {
  const std::int64_t bytes =
      spec[kBatch] * spec[kElements] * Bits(static_cast<DType>(spec[kType])) / 8;
  return {.input_bytes = bytes, .output_bytes = bytes};
}

/// What it is forecast as: a sigmoid reads, computes and writes about as much.
std::optional<LayerSpec> Relative(const LayerSpec& spec) {
  LayerSpec sigmoid(*FindLayerType("sigmoid"));
  return sigmoid.Set(sigmoid.SlotOf("batch"), spec[kBatch])
      .Set(sigmoid.SlotOf("elements"), spec[kElements])
      .Set(sigmoid.SlotOf("dtype"), spec[kType]);
}

std::optional<Lowered> Lower(const NodeView& node);

constexpr std::string_view kOps[] = {"com.example::Swish"};

const LayerType kSwish = {.name = "swish",
                          .summary = "x * sigmoid(x)",
                          .example = "swish batch=8 elements=1000",
                          .params = kParams,
                          .ops = kOps,
                          .output_shape = OutputShape,
                          .work = CountWork,
                          .lower = Lower,
                          .relative = Relative};

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  LayerSpec spec(kSwish);
  spec.Set(kBatch, x.shape[0])
      .Set(kElements, ElementCount(x.shape) / x.shape[0])
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

/// x -> Swish -> Relu, as an exporter would write it.
Graph SmallModel() {
  Graph graph{.name = "small", .format = "example"};
  const std::vector<Dim> declared = {{.symbol = "batch"}, {.size = 4096}};
  const ValueId x = graph.AddValue({.name = "x", .dtype = DType::kF32, .declared = declared});
  const ValueId active = graph.AddValue({.name = "active", .dtype = DType::kF32});
  const ValueId y = graph.AddValue({.name = "y", .dtype = DType::kF32});
  graph.nodes.push_back({.op = "Swish",
                         .domain = "com.example",
                         .name = "swish",
                         .inputs = {x},
                         .outputs = {active}});
  graph.nodes.push_back({.op = "Relu", .name = "relu", .inputs = {active}, .outputs = {y}});
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

}  // namespace

int main() try {
  const std::array own = {&kSwish};
  const Profile profile = LoadProfile(DefaultDevice(), own);
  const Predictor predictor(profile);
  const LayeredModel model = Resolve(SmallModel(), {.batch = 64}, own);
  for (const LayerEstimate& line : EstimateModel(model, predictor).layers) {
    std::printf("%s: %s, %.3g J\n", line.layer.name.c_str(), line.layer.spec->ToString().c_str(),
                line.forecast.energy.energy.value());
    if (!line.note.empty()) std::printf("  (%s)\n", line.note.c_str());
  }
  const LayerSpec spec = LayerSpec::Parse("swish batch=2 elements=50 dtype=f16", own);
  std::printf("%s moves %lld bytes\n", spec.ToString().c_str(),
              static_cast<long long>(spec.CountWork().bytes()));
} catch (const Error& error) {
  std::fprintf(stderr, "custom_layer: %s\n", error.what());
  return 1;
}
