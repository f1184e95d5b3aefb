// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/report.h"
#include "report/comparison.h"
#include "report/test_estimate.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using Record = std::vector<std::string>;

/// Reads RFC 4180: quoted fields may hold commas, line breaks and doubled quotes.
std::vector<Record> ReadCsv(const std::string& text) {
  std::vector<Record> records(1, Record(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      records.back().back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      records.back().emplace_back();
    } else if (!quoted && c == '\n') {
      records.emplace_back(1);
    } else {
      records.back().back() += c;
    }
  }
  EXPECT_EQ(records.back(), Record(1)) << "the last line has no end";
  records.pop_back();
  return records;
}

TEST(ReportCsvTest, NamesSurviveWhateverTheyHold) {
  for (const std::string& name : kOddNames) {
    Profile profile = HandProfile();
    profile.device = name;
    const Estimate estimate = EstimateOf(name, profile);
    for (const std::string& text : {EstimateCsv(estimate), LayersCsv(FourLayers(name))}) {
      const auto records = ReadCsv(text);
      ASSERT_EQ(records.size(), 5u) << name;
      for (const Record& record : records) EXPECT_EQ(record.size(), records[0].size());
      EXPECT_EQ(records[0][1], "name");
      EXPECT_EQ(records[1][1], name);
      EXPECT_EQ(records[4][2], "odd::" + name);
    }
    const auto compared = ReadCsv(CompareCsv({{profile}, {{estimate}}}));
    ASSERT_EQ(compared.size(), 2u);
    EXPECT_EQ(compared[1].size(), compared[0].size());
    EXPECT_EQ(compared[1][0], name);
    EXPECT_EQ(compared[1][1], name);
  }
}

TEST(ReportCsvTest, LayersByHand) {
  const auto records = ReadCsv(LayersCsv(FourLayers("net")));
  EXPECT_THAT(records[0], ElementsAre("index", "name", "op", "type", "spec", "macs",
                                      "macs_with_bias", "params", "bytes"));
  // 8 x 1000 x 500 MACs, 8 x 500 biases; 8000 + 4000 + 500,500 floats.
  EXPECT_THAT(records[1],
              ElementsAre("0", "net", "Op", "linear", LayerSpec::Parse(kHandLayer).ToString(),
                          "4000000", "4004000", "500500", "2050000"));
  EXPECT_THAT(records[4],
              ElementsAre("3", "net", "odd::net", "unknown", "", "", "", "", "1000000"));
}

}  // namespace
}  // namespace joulecast
