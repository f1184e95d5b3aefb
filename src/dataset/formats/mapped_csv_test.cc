// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/mapped_csv.h"

#include <gmock/gmock.h>

#include "dataset/dataset_fixture.h"
#include "dataset/samples.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kMap = R"(
source = "mine"
origin = "random"
tag = "measured"
meter = "plug"
passes = "runs"

[device]
name = "board"
memory_gb = 4
facts = { l3_bytes = 8388608, fusion = "conv-bn", vector_instructions = ["avx", "avx2"] }

[layer]
type = "conv2d"
[layer.params]
batch = 1
in = "cin"
out = "cout"
image = ["h", "w"]
kernel = "k"

[energy]
column = "mj"
unit = "mJ"
per = "call"

[time]
column = "t"
unit = "ms"
per = "window"
)";

std::string FailureOf(const std::string& map) {
  try {
    CsvMap::Parse(map, "map.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "accepted";
}

std::string Replaced(const std::string& from, const std::string& to) {
  std::string map = kMap;
  return map.replace(map.find(from), from.size(), to);
}

TEST(CsvMapTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(FailureOf("source = "), HasSubstr("map.toml, line 1"));
  EXPECT_THAT(FailureOf(Replaced("meter = \"plug\"", "")), HasSubstr("'meter' is missing"));
  EXPECT_THAT(FailureOf(Replaced("meter", "metre")),
              HasSubstr("line 5, column 1: 'metre' means nothing"));
  EXPECT_THAT(FailureOf(Replaced("\"mJ\"", "\"cal\"")),
              HasSubstr("'energy.unit' is 'cal'; choose J, mJ, kWh"));
  EXPECT_THAT(FailureOf(Replaced("\"random\"", "\"chance\"")), HasSubstr("choose random, net-"));
  EXPECT_THAT(FailureOf(Replaced("kernel =", "kernels =")), HasSubstr("no parameter of conv2d"));
  EXPECT_THAT(FailureOf(Replaced("batch = 1", "batch = 1.5")),
              HasSubstr("'layer.params.batch' must be a column in quotes or a whole number"));
  EXPECT_THAT(FailureOf(Replaced("memory_gb = 4", "memory_gb = \"4\"")),
              HasSubstr("'device.memory_gb' must be a whole number"));
  EXPECT_THAT(FailureOf(Replaced("8388608", "true")),
              HasSubstr("line 11, column 22: 'device.facts.l3_bytes' must be a text, a whole"));
  EXPECT_THAT(FailureOf(Replaced("\"avx2\"]", "2]")),
              HasSubstr("'device.facts.vector_instructions'"));
}

class MappedCsvTest : public DatasetFolderTest {
 protected:
  MappedCsvTest() : dataset_(Dataset::OpenOrCreate(dir_ / "d.db")) {}

  ImportReport Import(const std::string& csv) {
    return ImportMappedCsv(dataset_, Write("m.csv", csv), CsvMap::Parse(kMap, "map.toml"));
  }

  Dataset dataset_;
};

TEST_F(MappedCsvTest, ConvertsUnitsAndWindows) {
  const ImportReport report = Import("h,w,cin,cout,k,runs,mj,t\n9,7,3,8,3,4,500,2000\n");
  EXPECT_EQ(report.added, 1u);
  const auto samples = LoadSamples(dataset_, {});
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].spec_text,
            "conv2d batch=1 in=3 out=8 image=9x7 kernel=3x3 stride=1 padding=0 groups=1 dtype=f32");
  EXPECT_DOUBLE_EQ(samples[0].energy.value(), 0.5);  // 500 mJ a call
  EXPECT_DOUBLE_EQ(samples[0].time.count(), 0.5);    // 2 s for 4 calls
  EXPECT_EQ(samples[0].device, "board");
  EXPECT_EQ(dataset_.Devices().at(0).memory_bytes, 4'000'000'000);
  EXPECT_EQ(dataset_.Devices().at(0).host_facts,
            R"({"fusion":"conv-bn","l3_bytes":8388608,"vector_instructions":["avx","avx2"]})");
}

TEST_F(MappedCsvTest, ReadsWholeSpecifications) {
  const std::string map = kMap;
  const std::size_t layer = map.find("[layer]");
  const CsvMap specs = CsvMap::Parse(map.substr(0, layer) + "[layer]\nspecification = \"what\"\n" +
                                         map.substr(map.find("[energy]")),
                                     "map.toml");
  const std::string csv =
      "what,runs,mj,t\n"
      "linear batch=2 in=3 out=4,4,500,2000\n"
      "relu batch=1 elements=0,4,500,2000\n";
  const ImportReport report = ImportMappedCsv(dataset_, Write("m.csv", csv), specs);
  EXPECT_EQ(report.added, 2u);
  EXPECT_THAT(report.exclusions, ElementsAre(HasSubstr("line 3: relu")));
  const auto samples = LoadSamples(dataset_, {});
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].spec_text, "linear batch=2 in=3 out=4 dtype=f32");
  EXPECT_THAT(FailureOf(Replaced("[layer]", "[layer]\nspecification = \"what\"")),
              HasSubstr("'layer.params' means nothing here; there are specification"));
}

TEST_F(MappedCsvTest, ReportsRowsThatCannotBe) {
  const std::string csv =
      "h,w,cin,cout,k,runs,mj,t\n"
      "9,9,3,8,3,4,500,2000\n"
      "9,9,3,8,3,4,nan,2000\n"
      "9,9,3,8,3,4,-1,2000\n"
      "9,9,3,8,3,4,0,2000\n"
      "9,9,3,8,3,0,5,2000\n"
      "9,9,3,8,11,4,5,2000\n"
      "9,9,3,,3,4,5,2000\n"
      "9,9,3,8,3,4,,2000\n";
  const ImportReport report = Import(csv);
  EXPECT_EQ(report.added, 8u);
  EXPECT_THAT(report.exclusions,
              ElementsAre(HasSubstr("m.csv, line 3: energy is 'nan', not a positive number"),
                          HasSubstr("line 4: energy is '-1'"), HasSubstr("line 5: energy is '0'"),
                          HasSubstr("line 6: passes is '0', not a whole number"),
                          HasSubstr("line 7: conv2d: the kernel does not fit"),
                          HasSubstr("line 8: "), HasSubstr("line 9: energy is ''")));
  EXPECT_EQ(LoadSamples(dataset_, {.cleaning = Cleaning::kNone}).size(), 1u);

  const ImportReport again = Import(csv);
  EXPECT_EQ(again.added, 0u);
  EXPECT_EQ(again.unchanged, 8u);
  EXPECT_TRUE(again.conflicts.empty());
}

TEST_F(MappedCsvTest, NamesTheColumnsThatAreMissing) {
  try {
    Import("h,w,cin,cout,k,t\n");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("lacks the columns 'mj', 'runs'"));
  }
}

}  // namespace
}  // namespace joulecast
