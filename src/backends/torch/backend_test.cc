// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/torch_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <malloc.h>
#include <fstream>
#include <thread>

#include "base/temporary_folder.h"
#include "formats/huggingface/huggingface.h"
#include "joulecast/error.h"
#include "joulecast/generation.h"
#include "joulecast/zoo.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Net ZooNet(std::string_view name, std::int64_t batch, std::int64_t image) {
  return Net(*BuildZooModel(name), {.shapes = {{"input", {batch, 3, image, image}}}});
}

std::vector<Shape> ShapesOf(const Subject& subject) {
  const auto runnable = OpenTorchBackend()->Load(subject);
  for (int pass = 0; pass < 2; ++pass) runnable->Run();
  runnable->Synchronize();
  return runnable->output_shapes();
}

template <typename Work>
std::string Refusal(ErrorKind kind, Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "nothing was refused";
}

TEST(TorchBackendTest, SaysWhatItRunsOn) {
  const auto backend = OpenTorchBackend({.threads = 1});
  const BackendDescription& description = backend->description();
  EXPECT_THAT(description.software, testing::StartsWith("libtorch "));
  EXPECT_EQ(description.device, "cpu");
  EXPECT_EQ(description.threads, 1);
  EXPECT_FALSE(description.facts.at("blas").empty());
  EXPECT_THAT(description.facts.at("libc"), HasSubstr("glibc"));
}

TEST(TorchBackendTest, RunsPassesOfTraining) {
  // All gradients: of the operand, the weights, the bias.
  EXPECT_THAT(ShapesOf(LayerSpec::Parse("linear batch=8 in=5 out=3 pass=backward")),
              ElementsAre(Shape{8, 5}, Shape{3, 5}, Shape{3}));
  EXPECT_THAT(ShapesOf(LayerSpec::Parse("linear batch=8 in=5 out=3 input_grad=0 pass=backward")),
              ElementsAre(Shape{3, 5}, Shape{3}));
  EXPECT_THAT(ShapesOf(LayerSpec::Parse("batchnorm2d batch=2 channels=4 image=3x3 pass=training")),
              ElementsAre(Shape{2, 4, 3, 3}));
  EXPECT_THAT(ShapesOf(LayerSpec::Parse("optimizer elements=10 states=2")), ElementsAre(Shape{10}));
}

TEST(TorchBackendTest, FoldsNormalisationsWhereAsked) {
  const auto backend = OpenTorchBackend({.fusion = Fusion::kConvBn});
  EXPECT_EQ(backend->description().facts.at("fusion"), "conv-bn");
  const auto runnable = backend->Load(ZooNet("resnet18", 2, 32));
  runnable->Run();
  EXPECT_THAT(runnable->output_shapes(), ElementsAre(Shape{2, 1000}));
  EXPECT_THAT(Refusal(ErrorKind::kUsage, [] { OpenTorchBackend({.fusion = Fusion::kConvBnRelu}); }),
              HasSubstr("none or conv-bn"));
}

TEST(TorchBackendTest, TakesAllProcessorsUnlessToldOtherwise) {
  EXPECT_EQ(OpenTorchBackend()->description().threads,
            static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(TorchBackendTest, RefusesDevicesAndThreadsThatCannotBe) {
  const auto open = [](const TorchSettings& settings) {
    return [=] { OpenTorchBackend(settings); };
  };
  EXPECT_THAT(Refusal(ErrorKind::kUsage, open({.device = "gpu"})), HasSubstr("'gpu'"));
  EXPECT_THAT(Refusal(ErrorKind::kUsage, open({.device = "meta"})), HasSubstr("'meta'"));
  EXPECT_THAT(Refusal(ErrorKind::kUsage, open({.threads = 0})), HasSubstr("0 threads"));
  EXPECT_THAT(Refusal(ErrorKind::kDevice, open({.device = "cuda:64"})), HasSubstr("cuda:64"));
}

TEST(TorchBackendTest, RunsALayer) {
  const auto spec = LayerSpec::Parse("conv2d batch=2 in=4 out=6 image=9x8 kernel=3x3 stride=2");
  EXPECT_THAT(ShapesOf(spec), ElementsAre(Shape{2, 6, 4, 3}));
}

TEST(TorchBackendTest, RunsNetworksOfTheZoo) {
  EXPECT_THAT(ShapesOf(ZooNet("squeezenet1_1", 2, 64)), ElementsAre(Shape{2, 1000}));
  EXPECT_THAT(ShapesOf(ZooNet("resnet18", 2, 64)), ElementsAre(Shape{2, 1000}));
  EXPECT_THAT(ShapesOf(ZooNet("mobilenet_v2", 1, 32)), ElementsAre(Shape{1, 1000}));
  EXPECT_THAT(ShapesOf(ZooNet("alexnet", 1, 63)), ElementsAre(Shape{1, 1000}));
}

TEST(TorchBackendTest, RunsTransformersAndYoungerNetworksOfTheZoo) {
  for (const char* name :
       {"vit_b_16", "swin_t", "swin_v2_t", "efficientnet_b0", "mobilenet_v3_small", "densenet121",
        "regnet_y_400mf", "convnext_tiny", "shufflenet_v2_x0_5", "googlenet"}) {
    EXPECT_THAT(ShapesOf(ZooNet(name, 1, 64)), ElementsAre(Shape{1, 1000})) << name;
  }
  EXPECT_THAT(ShapesOf(ZooNet("maxvit_t", 1, 224)), ElementsAre(Shape{1, 1000}));
}

/// With five tokens of a prompt, or behind seven of them.
Net BoundNet(const Graph& graph) {
  constexpr std::pair<const char*, std::int64_t> kExtents[] = {
      {"prompt", 5}, {"past", 7}, {"context", 8}};
  InputBinding binding;
  for (const ValueId id : graph.inputs) {
    for (const Dim& dim : *graph.values[static_cast<std::size_t>(id)].declared) {
      for (const auto& [name, extent] : kExtents) {
        if (dim.symbol == name) binding.shapes[name] = {extent};
      }
    }
  }
  return Net(graph, binding);
}

void ExpectToRunInItsShapes(const Net& net) {
  std::vector<Shape> expected;
  for (const ValueId id : net.graph.outputs) {
    expected.push_back(net.model.tensors[static_cast<std::size_t>(id)]->shape);
  }
  EXPECT_EQ(ShapesOf(net), expected);
}

TEST(TorchBackendTest, RunsBothPassesOfLanguageModels) {
  const std::string mixture =
      R"({"model_type": "mixtral", "hidden_size": 64, "intermediate_size": 128,
          "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
          "vocab_size": 1000, "num_local_experts": 4, "num_experts_per_tok": 2})";
  const std::string decoder =
      R"({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128,
          "vocab_size": 1000, "activation_function": "gelu_new"})";
  const std::string both_sides =
      R"({"model_type": "t5", "d_model": 64, "d_ff": 128, "d_kv": 16, "num_heads": 4,
          "num_layers": 2, "vocab_size": 1000, "relative_attention_num_buckets": 32})";
  for (const std::string& config : {mixture, decoder, both_sides}) {
    const LanguageModel model = ReadLanguageModel(config, "config.json", "small");
    ExpectToRunInItsShapes(BoundNet(model.prefill));
    ExpectToRunInItsShapes(BoundNet(*model.decode));
  }
}

/// Attention as exporters write it: layers whose real shapes are in the graph only.
TEST(TorchBackendTest, RunsLayersInTheShapesOfTheirGraph) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 5, 12});
  const auto heads = [&](ValueId from, const std::vector<std::int64_t>& order) {
    ValueId y = graph.Add("MatMul", {from, graph.Weight({12, 12})});
    y = graph.Add("Add", {graph.Weight({12}), y});
    y = graph.Add("Reshape", {y, graph.Numbers({0, 0, 3, 4})});
    return graph.Add("Transpose", {y}, {{"perm", order}});
  };
  const ValueId scores = graph.Add("MatMul", {heads(x, {0, 2, 1, 3}), heads(x, {0, 2, 3, 1})});
  const ValueId shares = graph.Add("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
  ValueId y = graph.Add("MatMul", {shares, heads(x, {0, 2, 1, 3})});
  y = graph.Add("Transpose", {y}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
  y = graph.Add("Reshape", {y, graph.Numbers({2, 5, 12})});
  y = graph.Add("Concat", {graph.Weight({2, 1, 12}), y, x}, {{"axis", std::int64_t{1}}});
  y = graph.Add("Pad", {y, graph.Numbers({0, 1, 0, 0, 2, 4})});
  const Net net(graph.Finish(graph.Add("Sigmoid", {y})));
  EXPECT_THAT(ShapesOf(net), ElementsAre(Shape{2, 1 + 5 + 5 + 1 + 2, 16}));
}

TEST(TorchBackendTest, RunsATorchScriptFile) {
  const TemporaryFolder folder;
  const ScriptFile file{.path = folder.path() / "net.pt",
                        .inputs = {{.dtype = DType::kF32, .shape = {2, 6}}}};
  torch::jit::Module module("net");
  module.define("def forward(self, x):\n  return {'a': x.relu(), 'b': x.sum(1)}\n");
  module.save(file.path.string());
  EXPECT_THAT(ShapesOf(file), testing::UnorderedElementsAre(Shape{2, 6}, Shape{2}));
}

TEST(TorchBackendTest, SaysWhyAFileCannotRun) {
  const TemporaryFolder folder;
  const auto load = [](const std::filesystem::path& path) {
    return [=] { OpenTorchBackend()->Load(ScriptFile{.path = path, .inputs = {}}); };
  };
  EXPECT_THAT(Refusal(ErrorKind::kInput, load(folder.path() / "none.pt")),
              HasSubstr("No such file"));
  EXPECT_THAT(Refusal(ErrorKind::kInput, load(folder.Write("bad.pt", "no archive"))),
              HasSubstr("torch.jit.trace"));
}

TEST(TorchBackendTest, NamesTheLayerThatFailed) {
  const auto half = LayerSpec::Parse("lrn batch=1 channels=4 image=5x5 size=3 dtype=i8");
  const auto runnable = OpenTorchBackend()->Load(half);
  EXPECT_THAT(Refusal(ErrorKind::kDevice, [&] { runnable->Run(); }), HasSubstr(half.ToString()));
}

TEST(TorchBackendTest, WhatHasNoTensorsOrOperandsIsRefusedBeforehand) {
  const auto backend = OpenTorchBackend();
  EXPECT_THAT(Refusal(ErrorKind::kInput,
                      [&] { backend->Load(LayerSpec::Parse("relu batch=1 elements=8 dtype=i4")); }),
              HasSubstr("i4"));
  EXPECT_THAT(*Obstacle(*backend, LayerSpec::Parse("add out=7 in=9")), HasSubstr("add out=7 in=9"));
}

TEST(TorchBackendTest, WhatDoesNotFitIsAnObstacleAndIsNeverTried) {
  const auto backend = OpenTorchBackend();
  const auto spec =
      LayerSpec::Parse("linear batch=1 in=10000 out=1000000000");  // 4 (in out + in + 2 out) bytes
  EXPECT_THAT(*Obstacle(*backend, spec), HasSubstr("needs 40008.00 GB on cpu"));
  EXPECT_THAT(Refusal(ErrorKind::kDevice, [&] { backend->Load(spec); }), HasSubstr("40008.00 GB"));
  EXPECT_EQ(Obstacle(*backend, LayerSpec::Parse("linear batch=1 in=10 out=10")), std::nullopt);
}

std::optional<std::int64_t> StatusBytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::int64_t kib = 0;
    if (word == name && status >> kib) return kib * 1024;
  }
  return std::nullopt;
}

/// As often as it takes until no call takes new memory.
void LoadAndRun(const Backend& backend, const Subject& subject) {
  constexpr int kCalls = 9;
  const auto runnable = backend.Load(subject);
  for (int i = 0; i < kCalls; ++i) runnable->Run();
}

/// What the process takes at most beyond what it holds now; nullopt if /proc does not say.
std::optional<std::int64_t> BytesTaken(const Backend& backend, const Subject& subject) {
  ::malloc_trim(0);  // what earlier work freed is no part of it
  const auto before = StatusBytes("VmRSS:");
  const bool forgot_peak = bool(std::ofstream("/proc/self/clear_refs") << 5 << std::flush);
  if (!before || !forgot_peak) return std::nullopt;
  LoadAndRun(backend, subject);
  return *StatusBytes("VmHWM:") - *before;
}

std::vector<Subject> WorkloadsOfAllKinds() {
  std::vector<Subject> workloads = {ZooNet("squeezenet1_0", 8, 224), ZooNet("alexnet", 4, 224)};
  for (const char* text :
       {"conv2d batch=16 in=64 out=64 image=56x56 kernel=3x3 padding=1",
        "conv2d batch=4 in=3 out=64 image=224x224 kernel=7x7 stride=2 padding=0x0x3x3",
        "conv2d batch=16 in=144 out=144 image=56x56 kernel=3x3 padding=1 groups=144",
        "conv2d batch=4 in=64 out=64 image=56x56 kernel=3x3 padding=1 dtype=f64",
        "linear batch=64 in=4096 out=4096",
        "matmul batch=96 m=256 k=64 n=256",
        "maxpool2d batch=16 channels=64 image=112x112 kernel=3x3 stride=2 padding=1",
        "avgpool2d batch=16 channels=64 image=112x112 kernel=2x2 stride=2",
        "relu batch=16 elements=802816",
        "relu batch=16 elements=802816 inplace=1",
        "conv1d batch=16 in=128 out=256 length=3000 kernel=3 padding=1",
        "conv3d batch=2 in=32 out=32 volume=16x56x56 kernel=3x3x3 padding=1",
        "convtranspose2d batch=8 in=64 out=64 image=56x56 kernel=4x4 stride=2 padding=1",
        "attention batch=8 heads=12 kv_heads=12 queries=197 keys=197 dim=64 value_dim=64",
        "layernorm batch=64 rows=197 length=768 weights=1536",
        "gelu batch=16 elements=802816",
        "groupnorm batch=16 rows=32 length=31360 weights=640",
        "embedding batch=4096 width=768 vocabulary=30522",
        "gather rows=16384 width=768",

        "rotary elements=16777216 table=65536",
        "where out=8028160 in=8028161 conditions=8028160",
        "expertlinear tokens=512 active=2 experts=8 in=1024 out=2048",
        "lstm batch=64 sequence=100 in=512 hidden=512",
        "reduce in=12845056 out=65536",
        "rmsnorm batch=16 rows=1024 length=1024 weights=1024",
        "instancenorm batch=16 rows=64 length=16384 weights=128",
        "topk rows=4096 length=2048 k=50",
        "resize batch=8 channels=64 image=56x56 output=112x112 taps=4",
        "compare out=8028160 in=16056320",
        "cast elements=16056320 to=f16",
        "scatter in=9437184 out=8388608 indices=1048576",
        "softmax batch=4096 length=2048",
        "batchnorm2d batch=16 channels=64 image=56x56",
        "lrn batch=8 channels=96 image=55x55 size=5",
        "add out=12845056 in=25690112",
        "concat elements=25690112 parts=2"}) {
    workloads.emplace_back(LayerSpec::Parse(text));
  }
  return workloads;
}

/// Nothing is taken beyond what was announced, which is announced within a factor of two.
TEST(MemoryNeededTest, IsWhatTheProcessTakes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory is in the way";
#endif
  ::mallopt(M_MMAP_THRESHOLD, 1 << 16);  // what is freed is returned at once
  const auto backend = OpenTorchBackend();
  for (const Subject& subject : WorkloadsOfAllKinds()) {
    LoadAndRun(*backend, subject);  // code is read in, kernels are compiled
    const auto taken = BytesTaken(*backend, subject);
    if (!taken) GTEST_SKIP() << "/proc/self tells no peaks here";
    const auto needed = static_cast<double>(backend->MemoryNeeded(subject));
    const double slack = 8e6;  // of the heap itself
    EXPECT_LE(static_cast<double>(*taken), needed + slack) << ToString(subject);
    EXPECT_GE(static_cast<double>(*taken), 0.5 * needed - slack) << ToString(subject);
  }
}

}  // namespace
}  // namespace joulecast
