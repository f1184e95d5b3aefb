// SPDX-License-Identifier: Apache-2.0
#include "dataset/import_getzner2023.h"

#include <gmock/gmock.h>

#include <set>

#include "dataset/dataset_fixture.h"
#include "dataset/formats/getzner2023_nets.h"
#include "dataset/formats/reference_data.h"
#include "dataset/samples.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(GetznerLeavesTest, FollowsAlexNet) {
  const auto leaves = GetznerLeaves("alexnet", 2);
  ASSERT_EQ(leaves.size(), 21u);  // 13 in features, avgpool, 7 in classifier
  EXPECT_EQ(leaves[0].spec.ToString(),
            "conv2d batch=2 in=3 out=64 image=224x224 kernel=11x11 stride=4 padding=2 "
            "groups=1 dtype=f32");
  EXPECT_EQ(leaves[0].layer.macs, 2 * 64 * 55 * 55 * (3 * 11 * 11 + 1));
  EXPECT_EQ(leaves[1].spec.ToString(),
            "relu batch=2 elements=193600 inplace=1 dtype=f32");  // 64 x 55 x 55
  EXPECT_EQ(leaves[12].layer.module, "MaxPool2d");
  EXPECT_EQ(leaves[14].spec.ToString(), "dropout elements=18432 dtype=f32");  // 2 x 256 x 6 x 6
  EXPECT_EQ(leaves[20].spec.ToString(), "linear batch=2 in=4096 out=1000 dtype=f32");
}

TEST(GetznerLeavesTest, FollowsVgg) {
  const auto leaves = GetznerLeaves("vgg16", 1);
  ASSERT_EQ(leaves.size(), 39u);  // 13 conv, 15 relu, 5 maxpool, avgpool, 3 linear, 2 dropout
  EXPECT_EQ(leaves[32].spec.ToString(), "linear batch=1 in=25088 out=4096 dtype=f32");
  EXPECT_TRUE(GetznerLeaves("resnet18", 1).empty());  // its batch normalisation was not measured
  EXPECT_TRUE(GetznerLeaves("nonesuch", 1).empty());
}

class GetznerImportTest : public DatasetFolderTest {
 protected:
  void WriteFile(const std::string& folder, const std::string& name, const std::string& projects) {
    fs::create_directories(dir_ / folder);
    std::ofstream file(dir_ / folder / name);
    file << "timestamp,project_name,duration,cpu_energy,os,python_version,cpu_count,cpu_model,"
            "ram_total_size\n";
    std::istringstream lines(projects);
    for (std::string line; std::getline(lines, line);) {
      file << "2022-12-22T03:26:18,\"" << line
           << "\",30,0.000625,Linux,3.10.8,2,Intel(R) Xeon(R) Gold 5120 CPU,770.0\n";
    }
  }

  std::vector<Measurement> Rows() {
    std::vector<Measurement> rows;
    dataset_.ForEach([&](const Measurement& m) { rows.push_back(m); });
    return rows;
  }

  Dataset dataset_ = Dataset::OpenOrCreate(dir_ / "d.db");
};

TEST_F(GetznerImportTest, NamesTheOriginOfEachRow) {
  WriteFile("conv2d", "00_conv2d-raw.csv",
            "module:Conv2d,rep_no:1,macs:9,batch_size:2,image_size:9,kernel_size:3,in_channels:4,"
            "out_channels:5,stride:2,padding:1,freeText:,forward_passes:6\n"
            "module:Conv2d,rep_no:1,macs:9,batch_size:2,image_size:9,kernel_size:3,in_channels:4,"
            "out_channels:5,stride:2,padding:1,freeText:architecture=vgg11;layer_idx=3,"
            "forward_passes:6\n");
  WriteFile("architectures", "01_architectures-raw.csv",
            "module:AlexNet,rep_no:1,macs:9,batch_size:2,"
            "freeText:architecture=alexnet;layer_idx=0,forward_passes:6\n"
            "module:ReLU,rep_no:2,macs:387200,batch_size:2,"
            "freeText:architecture=alexnet;layer_idx=2,forward_passes:6\n"
            "module:ReLU,rep_no:2,macs:7,batch_size:2,"
            "freeText:architecture=alexnet;layer_idx=2,forward_passes:6\n");
  const ImportReport report = ImportGetzner2023(dataset_, dir_);
  EXPECT_EQ(report.added, 5u);
  const auto rows = Rows();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].origin, "random");
  EXPECT_EQ(rows[0].spec,
            "conv2d batch=2 in=4 out=5 image=9x9 kernel=3x3 stride=2 padding=1 groups=1 dtype=f32");
  EXPECT_DOUBLE_EQ(rows[0].energy->value(), 2250);  // 0.000625 kWh
  EXPECT_EQ(rows[0].passes, 6);
  EXPECT_EQ(rows[1].origin, "net-config");
  EXPECT_EQ(rows[1].layer_index, 4);  // the collectors of single layers count from 0
  EXPECT_EQ(rows[2].origin, "net-total");
  EXPECT_EQ(rows[2].model, "alexnet");
  EXPECT_EQ(rows[3].origin, "net-layer");
  EXPECT_EQ(rows[3].spec, "relu batch=2 elements=193600 inplace=1 dtype=f32");
  EXPECT_EQ(rows[4].spec, "ReLU batch_size=2 macs=7");  // not that network's second layer
  EXPECT_THAT(report.unknown, testing::ElementsAre(HasSubstr("01_architectures-raw.csv:2")));
  EXPECT_EQ(dataset_.Devices().at(0).name, "xeon-gold-5120");
  EXPECT_EQ(dataset_.Devices().at(0).sockets, 2);
}

TEST_F(GetznerImportTest, KeepsALayerThatCannotBe) {
  WriteFile("conv2d", "00_conv2d-raw.csv",
            "module:Conv2d,rep_no:1,macs:9,batch_size:2,image_size:2,kernel_size:7,in_channels:4,"
            "out_channels:5,stride:2,padding:1,freeText:,forward_passes:6\n");
  const ImportReport report = ImportGetzner2023(dataset_, dir_);
  EXPECT_THAT(report.unknown, testing::ElementsAre(HasSubstr("does not fit")));
  ASSERT_EQ(Rows().size(), 1u);
  EXPECT_THAT(Rows()[0].spec, HasSubstr("Conv2d batch_size=2"));
}

TEST_F(GetznerImportTest, ImportsTheReferenceOnce) {
  const auto dir = ReferenceData();
  if (!dir) GTEST_SKIP() << kNoReferenceData;
  const ImportReport first = ImportGetzner2023(dataset_, *dir);
  EXPECT_GT(first.added, 15000u);
  EXPECT_THAT(first.unknown, testing::IsEmpty());
  const ImportReport second = ImportGetzner2023(dataset_, *dir);
  EXPECT_EQ(second.added, 0u);
  EXPECT_EQ(second.unchanged, first.added);
  EXPECT_TRUE(second.conflicts.empty());

  // The counts that were published with the data.
  const auto count = [&](const char* origin, const char* type) {
    return LoadSamples(dataset_,
                       {.origins = {origin}, .layer_type = type, .cleaning = Cleaning::kPublished})
        .size();
  };
  EXPECT_EQ(count("random", "conv2d"), 976u);
  EXPECT_EQ(count("random", "maxpool2d"), 985u);
  EXPECT_EQ(count("random", "linear"), 992u);
  EXPECT_EQ(count("random", "relu"), 988u);
  EXPECT_EQ(count("random", "sigmoid"), 489u);
  EXPECT_EQ(count("random", "tanh"), 491u);
  EXPECT_EQ(count("random", "softmax"), 493u);

  for (const Sample& relu : LoadSamples(dataset_, {.layer_type = "relu"})) {
    EXPECT_EQ(relu.spec.value().Get("inplace"), relu.origin == "net-layer" ? 1 : 0);
  }
}

}  // namespace
}  // namespace joulecast
