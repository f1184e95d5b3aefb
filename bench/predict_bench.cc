// SPDX-License-Identifier: Apache-2.0
// How fast the steps of an estimate are, on one core: reading a graph, resolving its shapes,
// forecasting its layers.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "formats/onnx/model_writer.h"
#include "formats/onnx/onnx.h"
#include "joulecast/estimate.h"
#include "joulecast/predict.h"
#include "joulecast/profile.h"
#include "joulecast/zoo.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

/// What people ask about: every layer of every network of the zoo, in batches of 1 to 256.
std::vector<LayerSpec> EveryLayer(std::string_view type = "") {
  std::vector<LayerSpec> specs;
  for (const ZooEntry& entry : ZooCatalog()) {
    const Graph graph = *BuildZooModel(entry.name);
    for (const std::int64_t batch : {1, 8, 64, 256}) {
      for (const Layer& layer : Resolve(graph, {.batch = batch}).layers) {
        if (type.empty() || layer.spec->type().name == type) specs.push_back(*layer.spec);
      }
    }
  }
  return specs;
}

void ForecastAll(benchmark::State& state, const std::vector<LayerSpec>& specs) {
  const Profile profile = LoadProfile(DefaultDevice());
  const Predictor predictor(profile);
  for (auto _ : state) {
    for (const LayerSpec& spec : specs) {
      benchmark::DoNotOptimize(predictor.Forecast(spec).energy.energy);
    }
  }
  state.counters["layers"] = static_cast<double>(specs.size());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(specs.size()));
}

void Forecast(benchmark::State& state) { ForecastAll(state, EveryLayer()); }
BENCHMARK(Forecast);

void ForecastType(benchmark::State& state, std::string_view type) {
  ForecastAll(state, EveryLayer(type));
}
BENCHMARK_CAPTURE(ForecastType, conv2d, "conv2d");
BENCHMARK_CAPTURE(ForecastType, batchnorm2d, "batchnorm2d");
BENCHMARK_CAPTURE(ForecastType, relu, "relu");
BENCHMARK_CAPTURE(ForecastType, maxpool2d, "maxpool2d");
BENCHMARK_CAPTURE(ForecastType, linear, "linear");
BENCHMARK_CAPTURE(ForecastType, add, "add");

/// What a call from Python comes to, for a network of the zoo that was asked for before.
void EstimateResolved(benchmark::State& state, std::string_view name) {
  const Profile profile = LoadProfile(DefaultDevice());
  const LayeredModel model = Resolve(*BuildZooModel(name), {});
  for (auto _ : state) {
    benchmark::DoNotOptimize(EstimateModel(model, Predictor(profile)).energy.energy);
  }
}
BENCHMARK_CAPTURE(EstimateResolved, resnet18, "resnet18");

/// The same for one that was not.
void EstimateByName(benchmark::State& state, std::string_view name) {
  const Profile profile = LoadProfile(DefaultDevice());
  for (auto _ : state) {
    const LayeredModel model = Resolve(*BuildZooModel(name), {});
    benchmark::DoNotOptimize(EstimateModel(model, Predictor(profile)).energy.energy);
  }
}
BENCHMARK_CAPTURE(EstimateByName, resnet18, "resnet18");

/// Convolution and relu in turn, each on the last one's result.
Graph Chain(int nodes) {
  TestGraph graph;
  ValueId last = graph.Input("x", {"batch", 16, 32, 32});
  for (int i = 0; i < nodes; i += 2) {
    const TestGraph::Attributes same = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
    last = graph.Add("Conv", {last, graph.Weight({16, 16, 3, 3})}, same);
    last = graph.Add("Relu", {last});
  }
  return graph.Finish(last);
}

void ResolveChain(benchmark::State& state) {
  const Graph graph = Chain(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Resolve(graph, {.batch = 8}).layers.size());
  }
}
BENCHMARK(ResolveChain)->Arg(5000)->Unit(benchmark::kMillisecond);

/// What exporters make of attention for any length: shapes read, gathered and joined before each
/// reshape, eleven nodes a round.
Graph ReshapingChain(int nodes) {
  TestGraph graph;
  ValueId last = graph.Input("x", {"batch", 16, 64});
  const TestGraph::Attributes first = {{"axis", std::int64_t{0}}};
  const auto extent = [&](ValueId of, std::int64_t axis) {
    return graph.Add("Gather", {graph.Add("Shape", {of}), graph.Numbers({axis})}, first);
  };
  for (int i = 0; i < nodes; i += 11) {
    const ValueId width = graph.Add("Div", {extent(last, 2), graph.Numbers({8})});
    const ValueId heads =
        graph.Add("Concat", {extent(last, 0), extent(last, 1), graph.Numbers({8}), width}, first);
    const ValueId split = graph.Add("Reshape", {last, heads});
    const ValueId active = graph.Add("Relu", {split});
    last = graph.Add("Reshape", {active, graph.Numbers({0, 0, 64})});
  }
  return graph.Finish(last);
}

void ResolveReshapingChain(benchmark::State& state) {
  const Graph graph = ReshapingChain(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Resolve(graph, {.batch = 8}).layers.size());
  }
}
BENCHMARK(ResolveReshapingChain)->Arg(5000)->Unit(benchmark::kMillisecond);

/// The first chain as an ONNX file, with weights of its own for every convolution.
std::string ChainFile(int nodes) {
  namespace w = onnx::writer;
  const std::vector<std::int64_t> dims = {16, 16, 3, 3};
  const std::string weights = w::Bytes(9, std::string(16 * 16 * 3 * 3 * sizeof(float), '\0'));
  const std::string same = w::Bytes(5, w::AttributeProto("pads", 7, w::Unpacked(8, {1, 1, 1, 1})));
  std::string graph = w::In(w::ValueInfoProto("x", w::kFloat, {"batch", "16", "32", "32"}));
  std::string last = "x";
  for (int i = 0; i < nodes; i += 2) {
    const std::string number = std::to_string(i);
    graph += w::Initializer(w::TensorProto("w" + number, w::kFloat, dims, weights));
    graph +=
        w::N(w::NodeProto("Conv", "conv" + number, {last, "w" + number}, {"c" + number}, same));
    graph += w::N(w::NodeProto("Relu", "relu" + number, {"c" + number}, {"r" + number}));
    last = "r" + number;
  }
  graph += w::Out(w::ValueInfoProto(last, w::kFloat, {"batch", "16", "32", "32"}));
  return w::Model(graph);
}

void ReadAndResolveFile(benchmark::State& state) {
  const onnx::writer::TemporaryFolder folder;
  const auto path = folder.Write("chain.onnx", ChainFile(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Resolve(ReadOnnx(path), {.batch = 8}).layers.size());
  }
}
BENCHMARK(ReadAndResolveFile)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joulecast

BENCHMARK_MAIN();
