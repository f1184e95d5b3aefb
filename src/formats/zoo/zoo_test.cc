// SPDX-License-Identifier: Apache-2.0
#include "joulecast/zoo.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

LayeredModel Resolved(std::string_view name, const InputBinding& binding = {}) {
  const auto graph = BuildZooModel(name);
  if (!graph) throw Error(ErrorKind::kUsage, "no zoo model " + std::string(name));
  return Resolve(*graph, binding);
}

std::string SpecOf(const LayeredModel& model, std::string_view path) {
  for (const Layer& layer : model.layers) {
    if (layer.name == path) return layer.spec ? layer.spec->ToString() : "unknown";
  }
  return "no such layer";
}

class ZooTest : public testing::TestWithParam<std::string> {
 protected:
  static Shape InputShape() {
    for (const ZooEntry& entry : ZooCatalog()) {
      if (entry.name == GetParam()) return entry.input_shape;
    }
    return {};
  }
};

TEST_P(ZooTest, ResolvesAtAnyBatch) {
  const LayeredModel one = Resolved(GetParam());
  const std::int64_t macs = one.TotalWork().macs;
  const Work two = Resolved(GetParam(), {.batch = 2}).TotalWork();
  const Work eight = Resolved(GetParam(), {.batch = 8}).TotalWork();
  // Swin v2 computes its relative biases once, whatever the batch.
  EXPECT_EQ(eight.macs - macs, 7 * (two.macs - macs));
  EXPECT_EQ(eight.params, one.TotalWork().params);
  EXPECT_TRUE(one.warnings.empty());
  for (const Layer& layer : one.layers) EXPECT_TRUE(layer.spec) << layer.name << " is unknown";
  EXPECT_EQ(ElementCount(one.layers.back().spec->OutputShape()), 1000);
}

TEST_P(ZooTest, ResolvesAtAnyImageSize) {
  const Work trained = Resolved(GetParam()).TotalWork();
  Shape shape = InputShape();
  shape[2] *= 2;
  const Work larger = Resolved(GetParam(), {.shapes = {{"input", shape}}}).TotalWork();
  EXPECT_GT(larger.macs, trained.macs);
  if (GetParam().starts_with("vit")) {
    EXPECT_GT(larger.params, trained.params);  // a position for each patch
  } else {
    EXPECT_EQ(larger.params, trained.params);
  }
}

TEST_P(ZooTest, NamesEachNodeOnce) {
  const auto graph = BuildZooModel(GetParam());
  ASSERT_TRUE(graph);
  std::set<std::string> names;
  for (const Node& node : graph->nodes) {
    EXPECT_TRUE(names.insert(node.name).second) << node.name;
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const ZooEntry& entry : ZooCatalog()) names.emplace_back(entry.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Catalog, ZooTest, testing::ValuesIn(Names()),
                         [](const auto& line) { return line.param; });

TEST(ZooTest, KnowsNoOtherNames) {
  EXPECT_FALSE(BuildZooModel("vgg17"));
  EXPECT_FALSE(BuildZooModel(""));
}

TEST(ZooTest, AlexNetIsAsPublished) {
  const LayeredModel model = Resolved("alexnet", {.batch = 8});
  EXPECT_EQ(model.TotalWork().params, 61100840);
  EXPECT_EQ(SpecOf(model, "features.0"),
            "conv2d batch=8 in=3 out=64 image=224x224 kernel=11x11 stride=4 padding=2 groups=1 "
            "dtype=f32");
  EXPECT_EQ(SpecOf(model, "features.2"),
            "maxpool2d batch=8 channels=64 image=55x55 kernel=3x3 stride=2 padding=0 dtype=f32 "
            "rectified=1");  // it reads a relu's result
  EXPECT_EQ(SpecOf(model, "classifier.1"), "linear batch=8 in=9216 out=4096 dtype=f32");
  EXPECT_EQ(SpecOf(model, "classifier.5"), "relu batch=8 elements=4096 inplace=1 dtype=f32");
}

TEST(ZooTest, ResNet18HasTorchvisionsPathsAndInPlaceSums) {
  const LayeredModel model = Resolved("resnet18");
  EXPECT_EQ(model.TotalWork().params, 11689512);
  EXPECT_EQ(SpecOf(model, "layer1.0.conv1"),
            "conv2d batch=1 in=64 out=64 image=56x56 kernel=3x3 stride=1 padding=1 groups=1 "
            "bias=0 dtype=f32");
  EXPECT_EQ(SpecOf(model, "layer2.0.downsample.0"),
            "conv2d batch=1 in=64 out=128 image=56x56 kernel=1x1 stride=2 padding=0 groups=1 "
            "bias=0 dtype=f32");
  EXPECT_EQ(SpecOf(model, "layer1.0.add"), "add out=200704 in=401408 inplace=1 dtype=f32");
}

TEST(ZooTest, Vgg16CountsBiasesApart) {
  // Sizes of all convolutions' results together, worked by stages, and of the three linear ones.
  const Work work = Resolved("vgg16").TotalWork();
  const std::int64_t conv = 2 * 64 * 224 * 224 + 2 * 128 * 112 * 112 + 3 * 256 * 56 * 56 +
                            3 * 512 * 28 * 28 + 3 * 512 * 14 * 14;
  EXPECT_EQ(work.bias_adds, conv + 4096 + 4096 + 1000);
  EXPECT_EQ(work.params, 138357544);
}

TEST(ZooTest, AnImageTooSmallIsSaid) {
  try {
    Resolved("alexnet", {.shapes = {{"input", {1, 3, 32, 32}}}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("make the image larger"));
  }
}

TEST(ZooTest, InceptionCountsTheClassifierThatOnlyTrainingUses) {
  // 768 -> 128 by 1x1, 128 -> 768 by 5x5, each with its normalisation, and 768 -> 1000.
  EXPECT_EQ(SpecOf(Resolved("inception_v3"), "AuxLogits"),
            "trainingonly params=" +
                std::to_string(768 * 128 + 2 * 128 + 128 * 768 * 25 + 2 * 768 + 768 * 1000 + 1000) +
                " dtype=f32");
}

TEST(ZooTest, SwinShiftsEverySecondBlock) {
  const LayeredModel model = Resolved("swin_t");
  EXPECT_EQ(SpecOf(model, "features.1.0.attn.partition"),
            "windows in=301056 out=301056 copies=1 dtype=f32");  // 56 * 56 * 96
  EXPECT_EQ(SpecOf(model, "features.1.1.attn.partition"),
            "windows in=301056 out=301056 copies=3 dtype=f32");
  EXPECT_EQ(SpecOf(model, "features.1.1.attn.qkv"), "linear batch=3136 in=96 out=288 dtype=f32");
  EXPECT_EQ(SpecOf(model, "features.1.1.attn.scores"),
            "matmul batch=192 m=49 k=32 n=49 dtype=f32");  // 64 windows of 3 heads
  // 7x7 tokens are one window: the last stage has nothing to shift.
  EXPECT_EQ(SpecOf(model, "features.7.1.attn.partition"),
            "windows in=37632 out=37632 copies=1 dtype=f32");
}

TEST(ZooTest, SwinV2ComputesItsBiasesOnceForAnyBatch) {
  // 15 * 15 offsets through 2 -> 512 -> heads, in blocks 2, 2, 6, 2 of 3, 6, 12, 24 heads.
  const std::int64_t biases = 225 * (2 * (1024 + 512 * 3) + 2 * (1024 + 512 * 6) +
                                     6 * (1024 + 512 * 12) + 2 * (1024 + 512 * 24));
  const std::int64_t one = Resolved("swin_v2_t").TotalWork().macs;
  EXPECT_EQ(2 * one - Resolved("swin_v2_t", {.batch = 2}).TotalWork().macs, biases);
}

TEST(ZooTest, MaxVitRefusesImagesThatItsWindowsDoNotFit) {
  try {
    Resolved("maxvit_t", {.shapes = {{"input", {1, 3, 256, 256}}}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("windows of 7x7 do not fit 1x64x64x64"));
  }
}

/// torchvision's own table of its networks: parameters, and GMACs without bias, for each size of
/// image that weights were trained for.
std::optional<std::filesystem::path> TorchvisionTable() {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* data = std::getenv("JOULECAST_REFERENCE_DATA")) {
    folders = {data, fs::path(data).lexically_normal() / ".."};
  }
  folders.push_back(fs::path(__FILE__).parent_path() / "../../../../shared/data");
  for (const fs::path& folder : folders) {
    const fs::path table = folder / "torchvision/torchvision_ops.csv";
    if (fs::is_regular_file(table)) return table;
  }
  return std::nullopt;
}

struct Published {
  std::string name;
  std::int64_t side = 0;
  std::int64_t params = 0;
  double gmacs = 0;
};

/// The classification networks: "ResNeXt50_32X4D_Weights" of resnet.py is resnext50_32x4d. Other
/// tasks' networks and quantized ones lie in subfolders.
std::vector<Published> ReadTable(const std::filesystem::path& path) {
  std::vector<Published> table;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // file,weights_enum,weights,num_params,ops_GMACs,crop_size,...
  while (std::getline(file, line)) {
    const auto fields = Split(line, ',');
    if (fields.at(0).find('/') != std::string_view::npos) continue;
    const std::string_view weights = fields.at(1);
    std::string name;
    for (const char c : weights.substr(0, weights.rfind("_Weights"))) {
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    table.push_back({name, ParseInt(fields.at(5)).value_or(0), ParseInt(fields.at(3)).value_or(0),
                     ParseDouble(fields.at(4)).value_or(0)});
  }
  return table;
}

TEST(ZooTest, AgreesWithTorchvisionsTable) {
  const auto path = TorchvisionTable();
  if (!path) {
    GTEST_SKIP() << "torchvision/torchvision_ops.csv is not here; set JOULECAST_REFERENCE_DATA to "
                    "the folder that holds torchvision/";
  }
  std::set<std::string> names;
  for (const auto& [name, side, params, gmacs] : ReadTable(*path)) {
    names.insert(name);
    const Work work = Resolved(name, {.shapes = {{"input", {1, 3, side, side}}}}).TotalWork();
    EXPECT_EQ(work.params, params) << name << " at " << side;
    const auto millions = std::llround(static_cast<double>(work.macs) / 1e6);
    EXPECT_EQ(millions, std::llround(gmacs * 1e3)) << name << " at " << side;
  }
  EXPECT_EQ(names.size(), 80u);
  EXPECT_EQ(names.size(), ZooCatalog().size());
}

}  // namespace
}  // namespace joulecast
