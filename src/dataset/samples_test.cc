// SPDX-License-Identifier: Apache-2.0
#include "dataset/samples.h"

#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "dataset/dataset_fixture.h"
#include "dataset/formats/csv.h"
#include "dataset/stats.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::Pair;

class SamplesTest : public DatasetFolderTest {
 protected:
  SamplesTest() : dataset_(Dataset::OpenOrCreate(dir_ / "d.db")) { dataset_.Add(TestDevice()); }

  Dataset dataset_;
};

TEST_F(SamplesTest, AveragesTheRepetitionsPerCall) {
  dataset_.Add(TestMeasurement("1", 9));   // 0.9 J a call
  dataset_.Add(TestMeasurement("2", 11));  // 1.1 J a call
  const auto samples = LoadSamples(dataset_, {});
  ASSERT_EQ(samples.size(), 1u);
  const Sample& sample = samples[0];
  EXPECT_DOUBLE_EQ(sample.energy.value(), 1.0);
  EXPECT_DOUBLE_EQ(sample.time.count(), 0.2);
  ASSERT_EQ(sample.repetitions.size(), 2u);
  EXPECT_EQ(sample.repetitions[0].place, 1);
  EXPECT_EQ(sample.repetitions[1].place, 2);
  EXPECT_DOUBLE_EQ(sample.repetitions[0].energy_j, 0.9);
  EXPECT_DOUBLE_EQ(sample.repetitions[1].energy_j, 1.1);
  EXPECT_NEAR(sample.spread, std::sqrt(0.02), 1e-12);  // deviations of 0.1 each, n - 1 = 1
  ASSERT_TRUE(sample.spec);
  EXPECT_EQ(sample.spec->Get("out"), 4);
}

TEST_F(SamplesTest, ThreeRepetitionsThatDisagreeGiveTheirMedian) {
  dataset_.Add(TestMeasurement("1", 9));
  dataset_.Add(TestMeasurement("2", 11));
  dataset_.Add(TestMeasurement("3", 90));  // disturbed
  EXPECT_DOUBLE_EQ(LoadSamples(dataset_, {})[0].energy.value(), 1.1);
  EXPECT_NEAR(LoadSamples(dataset_, {.cleaning = Cleaning::kPublished})[0].energy.value(), 11 / 3.0,
              1e-12);
}

TEST_F(SamplesTest, ThreeRepetitionsThatAgreeGiveTheirMean) {
  dataset_.Add(TestMeasurement("1", 9.9));
  dataset_.Add(TestMeasurement("2", 10));
  dataset_.Add(TestMeasurement("3", 10.4));
  EXPECT_NEAR(LoadSamples(dataset_, {})[0].energy.value(), 1.01, 1e-12);
}

TEST_F(SamplesTest, AFileWithoutTheRowsSaysWhichAreMissing) {
  dataset_.Add(TestMeasurement("1", 9));
  EXPECT_EQ(LoadSamples(dir_ / "d.db", {}).size(), 1u);
  try {
    LoadSamples(dir_ / "d.db", {.origins = {"net-layer"}, .device = "another"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("no rows of net-layer of the device another"));
  }
}

TEST_F(SamplesTest, ARuleOfCleaningGoesByItsName) {
  EXPECT_EQ(CleaningOf("physics"), Cleaning::kPhysics);
  EXPECT_EQ(CleaningOf("published"), Cleaning::kPublished);
  EXPECT_EQ(CleaningOf("none"), Cleaning::kNone);
  EXPECT_THROW(CleaningOf("soap"), Error);
}

TEST_F(SamplesTest, KeepsApartWhatDiffers) {
  Measurement layer = TestMeasurement("1", 9);
  Measurement in_net = TestMeasurement("2", 9);
  in_net.origin = "net-layer";
  in_net.architecture = "alexnet";
  in_net.layer_index = 21;
  Measurement modelled = TestMeasurement("3", 9);
  modelled.tag = "modelled";
  Measurement network = TestMeasurement("4", 9);
  network.spec.clear();
  network.model = "alexnet";
  network.origin = "net-total";
  for (const Measurement& m : {layer, in_net, modelled, network}) dataset_.Add(m);
  EXPECT_EQ(LoadSamples(dataset_, {}).size(), 4u);
  EXPECT_EQ(LoadSamples(dataset_, {.origins = {"random"}}).size(), 2u);
  EXPECT_EQ(LoadSamples(dataset_, {.layer_type = "linear"}).size(), 3u);
  EXPECT_EQ(LoadSamples(dataset_, {.device = "another"}).size(), 0u);
  const auto networks = LoadSamples(dataset_, {.origins = {"net-total"}});
  ASSERT_EQ(networks.size(), 1u);
  EXPECT_EQ(networks[0].model, "alexnet");
  EXPECT_FALSE(networks[0].spec);
  EXPECT_THROW(LoadSamples(dataset_, {.origins = {"nowhere"}}), Error);
}

TEST_F(SamplesTest, LeavesOutWhatTheChosenCleaningRejects) {
  Measurement good = TestMeasurement("1", 9);
  Measurement wrapped = TestMeasurement("2", 9);
  wrapped.rejected_published = "wrapped";
  Measurement absurd = TestMeasurement("3", 9000);
  absurd.rejected_physics = "power above 83 W";
  Measurement failed = TestMeasurement("4", 0);
  failed.energy.reset();
  failed.reason = "killed";
  for (const Measurement& m : {good, wrapped, absurd, failed}) dataset_.Add(m);
  const auto kept = [&](Cleaning cleaning) {
    return LoadSamples(dataset_, {.cleaning = cleaning}).at(0).repetitions.size();
  };
  EXPECT_EQ(kept(Cleaning::kNone), 3u);
  EXPECT_EQ(kept(Cleaning::kPhysics), 2u);
  EXPECT_EQ(kept(Cleaning::kPublished), 2u);

  const auto stats = ComputeStats(dataset_);
  ASSERT_EQ(stats.size(), 1u);
  EXPECT_EQ(stats[0].origin, "random");
  EXPECT_EQ(stats[0].type, "linear");
  EXPECT_EQ(stats[0].rows, 4u);
  EXPECT_EQ(stats[0].configurations, 1u);
  EXPECT_EQ(stats[0].failed, 1u);
  EXPECT_EQ(stats[0].kept_physics, 2u);
  EXPECT_EQ(stats[0].kept_published, 2u);
  EXPECT_THAT(stats[0].reasons, ElementsAre(Pair("killed", 1u), Pair("power above 83 W", 1u)));
  EXPECT_DOUBLE_EQ(stats[0].most->value(), 0.9);
}

TEST_F(SamplesTest, KeepsLayersThatTheCatalogueLacks) {
  Measurement m = TestMeasurement("1", 9);
  m.spec = CanonicalSpec("hologram batch=2 depth=3");
  dataset_.Add(m);
  const auto samples = LoadSamples(dataset_, {.layer_type = "hologram"});
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].spec_text, "hologram batch=2 depth=3");
  EXPECT_FALSE(samples[0].spec);
}

TEST_F(SamplesTest, ExportsWhatACsvReaderReads) {
  Measurement m = TestMeasurement("a,\"b\"", 0.1);
  m.rejected_physics = "two\nlines";
  dataset_.Add(m);
  std::ostringstream out;
  ExportCsv(dataset_, out);
  const CsvTable table = CsvTable::Parse(out.str(), "export");
  ASSERT_EQ(table.rows().size(), 1u);
  const auto& fields = table.rows()[0].fields;
  EXPECT_EQ(fields[table.Column("key")], "a,\"b\"");
  EXPECT_EQ(fields[table.Column("energy_j")], "0.1");
  EXPECT_EQ(fields[table.Column("time_s")], "2");
  EXPECT_EQ(fields[table.Column("layer_index")], "");
  EXPECT_EQ(fields[table.Column("outcome")], "ok");
  EXPECT_EQ(fields[table.Column("rejected_physics")], "two\nlines");
}

}  // namespace
}  // namespace joulecast
