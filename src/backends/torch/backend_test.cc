// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/torch_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <malloc.h>
#include <fstream>
#include <thread>

#include "base/temporary_folder.h"
#include "formats/zoo/zoo.h"
#include "joulecast/error.h"
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
      LayerSpec::Parse("linear batch=1 in=10000000 out=1000000");  // 4 (in out + in + 2 out) bytes
  EXPECT_THAT(*Obstacle(*backend, spec), HasSubstr("needs 40000.05 GB on cpu"));
  EXPECT_THAT(Refusal(ErrorKind::kDevice, [&] { backend->Load(spec); }), HasSubstr("40000.05 GB"));
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

void LoadAndRunTwice(const Backend& backend, const Subject& subject) {
  const auto runnable = backend.Load(subject);
  runnable->Run();
  runnable->Run();
}

/// What the process takes at most beyond what it holds now; nullopt if /proc does not say.
std::optional<std::int64_t> BytesTaken(const Backend& backend, const Subject& subject) {
  const auto before = StatusBytes("VmRSS:");
  const bool forgot_peak = bool(std::ofstream("/proc/self/clear_refs") << 5 << std::flush);
  if (!before || !forgot_peak) return std::nullopt;
  LoadAndRunTwice(backend, subject);
  return *StatusBytes("VmHWM:") - *before;
}

std::vector<Subject> WorkloadsOfAllKinds() {
  std::vector<Subject> workloads = {ZooNet("squeezenet1_0", 8, 224), ZooNet("alexnet", 4, 224)};
  for (const char* text :
       {"conv2d batch=16 in=64 out=64 image=56x56 kernel=3x3 padding=1",
        "conv2d batch=4 in=3 out=64 image=224x224 kernel=7x7 stride=2 padding=0x0x3x3",
        "conv2d batch=16 in=144 out=144 image=56x56 kernel=3x3 padding=1 groups=144",
        "conv2d batch=4 in=64 out=64 image=56x56 kernel=3x3 padding=1 dtype=f64",
        "linear batch=64 in=4096 out=4096", "matmul batch=96 m=256 k=64 n=256",
        "maxpool2d batch=16 channels=64 image=112x112 kernel=3x3 stride=2 padding=1",
        "avgpool2d batch=16 channels=64 image=112x112 kernel=2x2 stride=2",
        "relu batch=16 elements=802816", "relu batch=16 elements=802816 inplace=1",
        "softmax batch=4096 length=2048", "batchnorm2d batch=16 channels=64 image=56x56",
        "lrn batch=8 channels=96 image=55x55 size=5", "add out=12845056 in=25690112",
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
    LoadAndRunTwice(*backend, subject);  // code is read in, kernels are compiled
    const auto taken = BytesTaken(*backend, subject);
    if (!taken) GTEST_SKIP() << "/proc/self tells no peaks here";
    const auto needed = static_cast<double>(backend->MemoryNeeded(subject));
    const double slack = 4e6;
    EXPECT_LE(static_cast<double>(*taken), needed + slack) << ToString(subject);
    EXPECT_GE(static_cast<double>(*taken), 0.5 * needed - slack) << ToString(subject);
  }
}

}  // namespace
}  // namespace joulecast
