// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/collect.h"

#include <gmock/gmock.h>

#include "dataset/dataset_fixture.h"
#include "joulecast/error.h"
#include "measure/campaign/lock.h"
#include "measure/campaign/records.h"
#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

/// Takes a microsecond of the test's clock for each 1000 bytes, and fails where told to.
class FakeRunnable : public Runnable {
 public:
  FakeRunnable(TestClock& clock, Seconds time) : clock_(clock), time_(time) {}
  void Run() override { clock_.Sleep(time_); }
  void Synchronize() override {}
  const std::vector<Shape>& output_shapes() const override { return shapes_; }

 private:
  TestClock& clock_;
  Seconds time_;
  std::vector<Shape> shapes_;
};

class FakeBackend : public Backend {
 public:
  explicit FakeBackend(TestClock& clock) : clock_(clock) {}

  const BackendDescription& description() const override { return description_; }
  std::int64_t MemoryNeeded(const Subject& subject) const override {
    return std::get<LayerSpec>(subject).CountWork().bytes();
  }
  std::optional<std::int64_t> FreeMemory() const override { return free_memory; }
  std::unique_ptr<Runnable> Load(const Subject& subject) const override {
    loaded.push_back(ToString(subject));
    const auto bytes = static_cast<double>(MemoryNeeded(subject));
    return std::make_unique<FakeRunnable>(clock_, Seconds(1e-9 * bytes));
  }

  std::int64_t free_memory = std::int64_t{1} << 40;
  mutable std::vector<std::string> loaded;

 private:
  TestClock& clock_;
  BackendDescription description_{.software = "fake", .device = "cpu", .hardware = "Fake CPU"};
};

constexpr const char* kCampaign = R"(name = "test"
[repeats]
window_s = 0.1
fewest = 2
most = 4
idle_s = 1
[[layers]]
type = "relu"
sampling = "log-uniform"
configurations = 6
ranges = { batch = [1, 8], elements = [1000, 100000] }
)";

class CollectTest : public DatasetFolderTest {
 protected:
  CollectTest() {
    auto meter = std::make_unique<ScriptedMeter>("fake", clock_);
    meter_ = meter.get();
    meter->Add({.name = "cpu", .part = "machine/package-0"},
               [this](double time_s) { return Total(power_w_ * time_s); });
    meters_.push_back(std::move(meter));
  }

  CollectReport Go(std::optional<Seconds> budget = {}, CollectHooks hooks = {},
                   const char* text = kCampaign) {
    const Campaign campaign = Campaign::Parse(text, "c.toml");
    const Bench bench{backend_, meters_, clock_, [] { return Conditions{.load_average = 0.5}; }};
    Dataset dataset = Dataset::OpenOrCreate(dir_ / "d.db");
    Device device = TestDevice();
    device.software = software_;
    const CampaignRun run{.name = "run " + std::to_string(++runs_), .started = "now"};
    return Collect(campaign, MakePlan(campaign, {}), dataset, {device, run}, bench, budget, hooks);
  }

  std::vector<Measurement> Rows() const {
    std::vector<Measurement> rows;
    Dataset::OpenForReading(dir_ / "d.db").ForEach([&](const Measurement& m) {
      rows.push_back(m);
    });
    return rows;
  }

  TestClock clock_;
  FakeBackend backend_{clock_};
  std::vector<std::unique_ptr<Meter>> meters_;
  ScriptedMeter* meter_ = nullptr;
  double power_w_ = 20;
  std::string software_ = "none";
  int runs_ = 0;
};

TEST_F(CollectTest, MeasuresEachConfigurationAsOftenAsItsScatterAsksFor) {
  const CollectReport report = Go();
  EXPECT_EQ(report.planned, 6u);
  EXPECT_EQ(report.added, 12u);  // constant power: settled after the fewest
  EXPECT_EQ(report.settled, 6u);
  EXPECT_EQ(report.unfinished, 0u);
  EXPECT_NEAR(report.idle_before->value(), 20, 1e-6);
  EXPECT_NEAR(report.idle_after->value(), 20, 1e-6);
  const auto rows = Rows();
  ASSERT_THAT(rows, SizeIs(12));
  // All once, then all again.
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(rows[i].repetition, i < 6 ? 1 : 2);
  const Measurement& row = rows.front();
  EXPECT_THAT(row.time->count(), Ge(0.1));
  EXPECT_NEAR(row.energy->value(), 20 * row.time->count(), 1e-6);
  EXPECT_NEAR(row.idle_power->value(), 20, 1e-6);
  EXPECT_EQ(row.load_before, 0.5);
  EXPECT_EQ(row.source, "test");
  EXPECT_EQ(row.run, "run 1");
  EXPECT_EQ(row.meter, "fake");
  EXPECT_THAT(*row.readings, AllOf(HasSubstr("fake:cpu"), HasSubstr("start_j")));
  const auto bytes = static_cast<double>(LayerSpec::Parse(row.spec).CountWork().bytes());
  EXPECT_NEAR(row.time->count() / static_cast<double>(row.passes), 1e-9 * bytes, 1e-12 * bytes);
}

TEST_F(CollectTest, GoesOnWhereItWasStopped) {
  std::size_t asked = 0;
  const CollectReport first = Go({}, {.stop = [&] { return ++asked > 20; }});
  EXPECT_EQ(first.ended_by, "stopped");
  EXPECT_GT(first.added, 0u);
  EXPECT_GT(first.unfinished, 0u);
  const CollectReport second = Go();
  EXPECT_EQ(second.found, first.added);
  EXPECT_EQ(first.added + second.added, 12u);
  const CollectReport third = Go();
  EXPECT_EQ(third.added, 0u);
  EXPECT_EQ(third.settled, 6u);
  EXPECT_THAT(Dataset::OpenForReading(dir_ / "d.db").Runs(), SizeIs(2));  // the third did nothing
}

TEST_F(CollectTest, EndsWithinItsBudget) {
  const auto start = clock_.Now();
  const CollectReport report = Go(Seconds(3.0));
  EXPECT_EQ(report.ended_by, "out of time");
  EXPECT_GT(report.added, 0u);
  EXPECT_LT(report.added, 12u);
  EXPECT_LE(Seconds(clock_.Now() - start).count(), 3.0);
}

TEST_F(CollectTest, RecordsWhatDoesNotFitInsteadOfTryingIt) {
  backend_.free_memory = 0;
  const CollectReport report = Go();
  EXPECT_EQ(report.added, 6u);
  EXPECT_TRUE(backend_.loaded.empty());
  ASSERT_THAT(report.skipped, SizeIs(6));
  for (const Measurement& row : Rows()) {
    EXPECT_FALSE(row.energy);
    EXPECT_THAT(*row.reason, AllOf(HasSubstr("skipped: relu"), HasSubstr("GB are free")));
  }
  EXPECT_EQ(Go().added, 0u);  // no use in trying again
}

TEST_F(CollectTest, ScatterBringsMoreRepetitionsUpToTheMost) {
  int turn = 0;
  CollectHooks hooks;
  hooks.progress = [&](const CampaignProgress&) { power_w_ = 10 + 10 * (++turn % 3); };
  const CollectReport report = Go({}, hooks);
  EXPECT_GT(report.added, 12u);
  EXPECT_LE(report.added, 24u);
  for (const Measurement& row : Rows()) EXPECT_LE(row.repetition, 4);
}

TEST_F(CollectTest, AFailingMeterLeavesReasonsNotNumbers) {
  meters_.clear();
  auto meter = std::make_unique<ScriptedMeter>("fake", clock_);
  meter->Add({.name = "cpu", .part = "machine/package-0"},
             [](double) { return Failure("input/output error"); });
  meters_.push_back(std::move(meter));
  const CollectReport report = Go();
  EXPECT_EQ(report.settled + report.scattered, report.planned);
  EXPECT_FALSE(report.noise_energy_percent);
  EXPECT_THAT(report.rejected.begin()->first, HasSubstr("input/output error"));
  for (const Measurement& row : Rows()) {
    EXPECT_FALSE(row.energy);
    EXPECT_THAT(*row.reason, HasSubstr("input/output error"));
  }
}

TEST_F(CollectTest, RefusesADeviceThatTheDatasetKnowsByOtherFacts) {
  Go();
  software_ = "another";
  try {
    Go();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("testbox"), HasSubstr("--device-name")));
  }
}

TEST_F(CollectTest, OpenBlocksAreChosenInStepsAndResumed) {
  constexpr const char* kOpen = R"(name = "open"
[repeats]
window_s = 0.1
idle_s = 0
[[layers]]
type = "relu"
sampling = "uncertain"
configurations = 8
ranges = { batch = [1, 8], elements = [1000, 100000] }
)";
  std::vector<std::size_t> known;
  CollectHooks hooks;
  hooks.choose = [&](auto measured, auto candidates, auto count) {
    known.push_back(measured.size());
    EXPECT_GE(candidates.size(), count);
    std::vector<std::size_t> last;
    for (std::size_t i = 0; i < count; ++i) last.push_back(candidates.size() - 1 - i);
    return last;
  };
  std::size_t asked = 0;
  hooks.stop = [&] { return ++asked > 12; };
  const CollectReport first = Go({}, hooks, kOpen);
  hooks.stop = [] { return false; };
  const CollectReport second = Go({}, hooks, kOpen);
  EXPECT_GT(first.added, 0u);
  EXPECT_EQ(first.added + second.added, 16u);
  EXPECT_EQ(second.settled, 8u);
  EXPECT_THAT(known.front(), 0u);
  EXPECT_THAT(known.back(), AllOf(Ge(5u), Le(7u)));
}

TEST_F(CollectTest, OddPowerIsMarkedByItsSiblings) {
  Dataset dataset = Dataset::OpenOrCreate(dir_ / "d.db");
  dataset.Add(TestDevice());
  dataset.Add(CampaignRun{.name = "run"});
  const std::string spec = "linear batch=2 in=3 out=4 dtype=f32";
  const double energies_j[] = {40, 42, 47, 41};  // in two seconds: median 20.75 W, 6 % of it 1.245
  for (int i = 0; i < 4; ++i) {
    Measurement m = TestMeasurement(KeyOf("testbox", spec, i + 1), energies_j[i]);
    m.repetition = i + 1;
    m.run = "run";
    dataset.Add(m);
  }
  EXPECT_THAT(RejectOddPower(dataset, "testbox"), SizeIs(1));
  std::vector<bool> rejected;
  dataset.ForEach(
      [&](const Measurement& m) { rejected.push_back(m.rejected_physics.has_value()); });
  EXPECT_THAT(rejected, ElementsAre(false, false, true, false));
}

TEST_F(CollectTest, OneCampaignADataset) {
  {
    const CampaignLock lock(dir_ / "d.db");
    EXPECT_THROW(CampaignLock(dir_ / "d.db"), Error);
    const CampaignLock other(dir_ / "e.db");
  }
  const CampaignLock again(dir_ / "d.db");
}

}  // namespace
}  // namespace joulecast
