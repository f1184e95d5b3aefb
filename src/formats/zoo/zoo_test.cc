// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/zoo.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
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

class ZooTest : public testing::TestWithParam<std::string> {};

TEST_P(ZooTest, ResolvesAtAnyBatchAndImageSize) {
  const LayeredModel one = Resolved(GetParam());
  const LayeredModel eight = Resolved(GetParam(), {.batch = 8});
  EXPECT_EQ(eight.TotalWork().macs, 8 * one.TotalWork().macs);
  EXPECT_EQ(eight.TotalWork().params, one.TotalWork().params);
  EXPECT_TRUE(one.warnings.empty());
  const LayeredModel larger = Resolved(GetParam(), {.shapes = {{"input", {1, 3, 320, 256}}}});
  EXPECT_GT(larger.TotalWork().macs, one.TotalWork().macs);
  EXPECT_EQ(larger.TotalWork().params, one.TotalWork().params);
  EXPECT_EQ(ToString(one.layers.back().spec->OutputShape()).substr(0, 1), "1");
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

/// torchvision's own table of its networks: parameters and GMACs without bias at 224x224.
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
  std::int64_t params = 0;
  double gmacs = 0;
};

/// By the network's name: "ResNeXt50_32X4D_Weights" is resnext50_32x4d.
std::map<std::string, Published> ReadTable(const std::filesystem::path& path) {
  std::map<std::string, Published> table;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // file,weights_enum,weights,num_params,ops_GMACs,...
  while (std::getline(file, line)) {
    const auto fields = Split(line, ',');
    const std::string_view weights = fields.at(1);
    std::string name;
    for (const char c : weights.substr(0, weights.rfind("_Weights"))) {
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    table[name] = {ParseInt(fields.at(3)).value_or(0), ParseDouble(fields.at(4)).value_or(0)};
  }
  return table;
}

TEST(ZooTest, AgreesWithTorchvisionsTable) {
  const auto path = TorchvisionTable();
  if (!path) {
    GTEST_SKIP() << "torchvision/torchvision_ops.csv is not here; set JOULECAST_REFERENCE_DATA to "
                    "the folder that holds torchvision/";
  }
  const auto table = ReadTable(*path);
  for (const ZooEntry& entry : ZooCatalog()) {
    const auto published = table.find(std::string(entry.name));
    ASSERT_NE(published, table.end()) << entry.name;
    const Work work = Resolved(entry.name).TotalWork();
    EXPECT_EQ(work.params, published->second.params) << entry.name;
    const auto millions = std::llround(static_cast<double>(work.macs) / 1e6);
    EXPECT_EQ(millions, std::llround(published->second.gmacs * 1e3)) << entry.name;
  }
}

}  // namespace
}  // namespace joulecast
