// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "dataset/formats/getzner2023_log.h"
#include "dataset/formats/reference_data.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kError =
    "[codecarbon ERROR @ 12:18:01] In RAPLFile : Current energy value (Energy(kWh=1.9e-05)) is "
    "lower than previous value (Energy(kWh=0.07)) !";

TEST(GetznerLogTest, NamesTheRepetitionBeforeAnError) {
  const std::string log = std::string("Starting data-collection for conv2d...\n") +
                          "0/1 (config_no/rep_no) [batch_size:2] (0.0% done)\n" +  //
                          "4/2 (config_no/rep_no) [batch_size:3] (0.9% done)\n" +  // row 4 * 3 + 1
                          kError + "\n" + kError + "\n" +
                          "4/3 (config_no/rep_no) [batch_size:3] (1.0% done)\n" +
                          "a warning, then " + kError + "\n";  // does not start the line
  EXPECT_THAT(ReadGetznerLog(log), ElementsAre(testing::Pair("conv2d", ElementsAre(13))));
}

TEST(GetznerLogTest, DropsAWholeConfigurationOfProgressBarsUnlessTheErrorIsAlone) {
  const std::string log = std::string("Starting data-collection for relu...\n") +
                          "  0%|          | 0/500 [00:00<?, ?it/s]\r" +
                          "current config:[batch_size:9]:   0%|          | 0/500 [00:00<?]\r" +
                          "current config:[batch_size:8]:   0%|    | 2/500 [03:28<14]" + kError +
                          "\n" + kError + "\n" +
                          "current config:[batch_size:7]:   0%|    | 3/500 [03:28<14]\r" +
                          "current config:[batch_size:6]:   0%|    | 4/500 [03:29<14]" + kError +
                          "\n" + "Starting data-collection for tanh...\n" + kError + "\n" +
                          "current config:[batch_size:7]:   0%|    | 1/500 [03:28<14]\n" + kError;
  EXPECT_THAT(ReadGetznerLog(log), ElementsAre(testing::Pair("relu", ElementsAre(6, 7, 8)),
                                               testing::Pair("tanh", ElementsAre(3, 4, 5))));
}

TEST(GetznerLogTest, IgnoresErrorsOutsideAnySection) {
  EXPECT_TRUE(ReadGetznerLog(kError).empty());
}

GetznerRow RowWithPower(double watts, int row) {
  GetznerRow result;
  result.file = "conv2d/00_conv2d-raw.csv";
  result.row = row;
  result.module = "Conv2d";
  result.duration_s = 30;
  result.cpu_energy_kwh = watts * 30 / 3.6e6;
  return result;
}

TEST(PhysicsRejectionsTest, KeepsPlausiblePowers) {
  const std::vector<GetznerRow> rows = {RowWithPower(75, 0),  RowWithPower(71.6, 1),
                                        RowWithPower(-75, 2), RowWithPower(70, 3),
                                        RowWithPower(84, 4),  RowWithPower(80, 5)};
  // Sorted powers: -75 70 71.6 75 80 84, median 73.3, so 6 % reach from 68.9 to 77.7.
  const auto reasons = PhysicsRejections(rows);
  EXPECT_FALSE(reasons[0]);
  EXPECT_FALSE(reasons[1]);
  EXPECT_THAT(*reasons[2], HasSubstr("not positive"));
  EXPECT_THAT(*reasons[3], HasSubstr("below 71.5 W"));
  EXPECT_THAT(*reasons[4], HasSubstr("above 83 W"));
  EXPECT_THAT(*reasons[5], HasSubstr("6 %"));
}

/// A folder that is removed at the end of the test.
class GetznerFolderTest : public testing::Test {
 protected:
  GetznerFolderTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = fs::path(testing::TempDir()) / (std::string("getzner_") + info->name());
    fs::remove_all(dir_);
    fs::create_directories(dir_);
  }
  ~GetznerFolderTest() override { fs::remove_all(dir_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name) << text;
  }

  std::string FailureOf() {
    try {
      ReadGetzner2023(dir_);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path dir_;
};

constexpr const char* kHeader =
    "timestamp,project_name,duration,cpu_energy,os,python_version,cpu_count,cpu_model,"
    "ram_total_size\n";

std::string Record(const std::string& project) {
  return "2022-12-22T03:26:18,\"" + project + "\",30.5,0.0006,Linux,3.10.8,2,Xeon,770.0\n";
}

TEST_F(GetznerFolderTest, ReadsARowAndItsLog) {
  Write("architectures/07_architectures-raw.csv",
        kHeader +
            Record("module:ReLU,rep_no:1,macs:12,batch_size:66,freeText:architecture=alexnet;"
                   "layer_idx=2,forward_passes:8628") +
            Record("module:ReLU,rep_no:2,macs:12,batch_size:66,freeText:architecture=alexnet;"
                   "layer_idx=2,forward_passes:8630"));
  Write("architectures/07_any-slurm-log.out",
        std::string("Starting data-collection for architectures...\n0/2 (c) [b] (1% done)\n") +
            kError);
  const GetznerData data = ReadGetzner2023(dir_);
  ASSERT_EQ(data.rows.size(), 2u);
  const GetznerRow& row = data.rows[1];
  EXPECT_EQ(row.file, "architectures/07_architectures-raw.csv");
  EXPECT_EQ(row.row, 1);
  EXPECT_EQ(row.module, "ReLU");
  EXPECT_EQ(row.architecture, "alexnet");
  EXPECT_EQ(row.layer_idx, 2);
  EXPECT_EQ(row.params.at("batch_size"), 66);
  EXPECT_EQ(row.repetition, 2);
  EXPECT_EQ(row.passes, 8630);
  EXPECT_DOUBLE_EQ(row.energy().value(), 2160);  // 0.0006 kWh
  EXPECT_TRUE(row.counter_wrapped);
  EXPECT_FALSE(data.rows[0].counter_wrapped);
  EXPECT_EQ(row.Configuration(), data.rows[0].Configuration());
  EXPECT_EQ(data.missing_files.size(), 15u);  // every published file, but no log
}

TEST_F(GetznerFolderTest, SaysWhatIsWrong) {
  EXPECT_THAT(FailureOf(), HasSubstr("no getzner2023 measurements"));
  Write("linear/00_linear-raw.csv", kHeader + Record("module:Linear,rep_no:x"));
  EXPECT_THAT(FailureOf(), HasSubstr("line 2: not a whole number: 'x'"));
  Write("linear/00_linear-raw.csv", kHeader + Record("module:Linear,rep_no"));
  EXPECT_THAT(FailureOf(), HasSubstr("'rep_no', not of the form"));
  Write("linear/00_linear-raw.csv", kHeader + Record("module:Linear,rep_no:1,macs:2"));
  EXPECT_THAT(FailureOf(), HasSubstr("line 2: a row needs"));
  Write("linear/00_linear-raw.csv", "timestamp,duration\n1,2\n");
  EXPECT_THAT(FailureOf(), HasSubstr("'project_name', 'cpu_energy'"));
}

TEST_F(GetznerFolderTest, NotesALogThatIsNotThere) {
  Write("linear/00_linear-raw.csv",
        kHeader + Record("module:Linear,rep_no:1,macs:2,batch_size:1,input_size:1,output_size:1,"
                         "freeText:,forward_passes:3"));
  EXPECT_THAT(ReadGetzner2023(dir_).missing_files,
              testing::Contains("linear/00_*slurm-log.out for 00_linear-raw.csv"));
}

struct Published {
  const char* file_prefix;  ///< rows of files that start so ...
  const char* module;       ///< ... and of this module, empty for any
  std::size_t kept;
  std::size_t unique;
};

/// Counts published with the data (its preprocessing notebooks), which apply to the random files
/// and to the first architecture file.
class PublishedCleaningTest : public testing::TestWithParam<Published> {};

TEST_P(PublishedCleaningTest, KeepsAsManyRows) {
  const auto dir = ReferenceData();
  if (!dir) GTEST_SKIP() << kNoReferenceData;
  std::size_t kept = 0;
  std::set<std::string> unique;
  for (const GetznerRow& row : ReadGetzner2023(*dir).rows) {
    if (!row.file.starts_with(GetParam().file_prefix) || row.counter_wrapped) continue;
    if (*GetParam().module != '\0' && row.module != GetParam().module) continue;
    if (*GetParam().module != '\0' && !row.architecture.empty()) continue;  // only random ones
    ++kept;
    unique.insert(row.Configuration());
  }
  EXPECT_EQ(kept, GetParam().kept);
  EXPECT_EQ(unique.size(), GetParam().unique);
}

INSTANTIATE_TEST_SUITE_P(All, PublishedCleaningTest,
                         testing::Values(Published{"conv2d/", "Conv2d", 2900, 976},
                                         Published{"maxpool2d/", "MaxPool2d", 2939, 985},
                                         Published{"linear/", "Linear", 2962, 992},
                                         Published{"activations/", "ReLU", 2951, 988},
                                         Published{"activations/", "Sigmoid", 1467, 489},
                                         Published{"activations/", "Tanh", 1473, 491},
                                         Published{"activations/", "Softmax", 1479, 493},
                                         Published{"architectures/01", "", 2053, 690}));

TEST(GetznerDataTest, KeepsThePublishedOrderOfFiles) {
  const auto dir = ReferenceData();
  if (!dir) GTEST_SKIP() << kNoReferenceData;
  std::vector<std::string> relu;
  for (const GetznerRow& row : ReadGetzner2023(*dir).rows) {
    if (!row.file.starts_with("activations/") || row.module != "ReLU") continue;
    if (relu.empty() || relu.back() != row.file) relu.push_back(row.file);
  }
  EXPECT_THAT(relu, ElementsAre("activations/01_relu_raw.csv", "activations/00_relu-raw.csv"));
}

}  // namespace
}  // namespace joulecast
