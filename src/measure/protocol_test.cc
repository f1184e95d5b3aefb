// SPDX-License-Identifier: Apache-2.0
#include "measure/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

constexpr double kRestW = 10;

/// A machine that draws more power while a workload runs on it.
struct Machine {
  TestClock clock;
  double above_rest_j = 0;
  std::string log;  ///< the names of the workloads in the order of their windows
};

/// Takes so many seconds and joules above rest a run.
class FakeWorkload : public Workload {
 public:
  using Energy = std::function<double(std::int64_t run)>;

  FakeWorkload(Machine& machine, std::string name, double time_s, Energy energy_j)
      : machine_(machine),
        name_(std::move(name)),
        time_s_(time_s),
        energy_j_(std::move(energy_j)) {}

  std::string name() const override { return name_; }
  void Run(std::int64_t times) override {
    if (times > 1) machine_.log += name_;
    for (std::int64_t i = 0; i < times; ++i) machine_.above_rest_j += energy_j_(++runs);
    pending_s_ += time_s_ * static_cast<double>(times);
  }
  void Synchronize() override {
    machine_.clock.Sleep(Seconds(pending_s_));
    pending_s_ = 0;
  }

  std::int64_t runs = 0;

 private:
  Machine& machine_;
  std::string name_;
  double time_s_;
  Energy energy_j_;
  double pending_s_ = 0;
};

class ProtocolTest : public ::testing::Test {
 protected:
  ProtocolTest() {
    hooks_.conditions = [] { return Conditions{.load_average = 0.25}; };
    AddMeter([this](double time_s) { return Total(kRestW * time_s + machine_.above_rest_j); });
  }

  void AddMeter(ScriptedMeter::Script script) {
    auto meter = std::make_unique<ScriptedMeter>("powercap", machine_.clock);
    meter->read_cost = Seconds(1e-5);
    meter->Add({.name = "package-0", .part = "machine/package-0"}, std::move(script));
    meters_.clear();
    meters_.push_back(std::move(meter));
  }
  void Add(const char* name, double time_s, FakeWorkload::Energy energy_j) {
    workloads_.push_back(std::make_unique<FakeWorkload>(machine_, name, time_s, energy_j));
  }
  ProtocolResult Measure() {
    return joulecast::Measure(meters_, workloads_, options_, machine_.clock, hooks_);
  }

  Machine machine_;
  std::vector<std::unique_ptr<Meter>> meters_;
  std::vector<std::unique_ptr<Workload>> workloads_;
  ProtocolOptions options_;
  ProtocolHooks hooks_;
};

TEST_F(ProtocolTest, GrossAndNetAreOfOneRun) {
  options_.idle = Seconds(5);
  Add("a", 0.01, [](std::int64_t) { return 0.4; });
  const ProtocolResult result = Measure();
  const WorkloadResult& a = result.workloads[0];
  EXPECT_EQ(a.outcome, Outcome::kSettled) << a.reason;
  EXPECT_EQ(a.repeats.size(), options_.fewest_repeats);
  // Ten seconds' watts at rest for 0.01 s are 0.1 J.
  EXPECT_NEAR(a.energy->value(), 0.5, 1e-4);
  EXPECT_NEAR(a.net->value(), 0.4, 1e-4);
  EXPECT_NEAR(a.time->count(), 0.01, 1e-6);
  EXPECT_GE(a.repeats[0].window.duration, result.window_length);
  EXPECT_NEAR(static_cast<double>(a.repeats[0].runs), 110, 1) << "1 s of 0.01 s, and a tenth";
  EXPECT_EQ(a.repeats[0].before.load_average, 0.25);
}

TEST_F(ProtocolTest, WarmsUpBeforeTheFirstWindow) {
  options_.most_repeats = 1;
  Add("a", 0.01, [](std::int64_t run) { return run <= 10 ? 100 : 0.4; });
  EXPECT_NEAR(Measure().workloads[0].energy->value(), 0.5, 1e-4);
}

TEST_F(ProtocolTest, SlowWorkloadsAreNotWarmedUpForever) {
  options_.most_repeats = 1;
  Add("slow", 1.5, [](std::int64_t) { return 1; });
  Measure();
  // Two runs outlast two windows of a second; one more before the window, and one in it.
  EXPECT_EQ(static_cast<const FakeWorkload&>(*workloads_[0]).runs, 4);
}

TEST_F(ProtocolTest, WorkloadsTakeTurns) {
  options_.most_repeats = 3;
  options_.fewest_repeats = 3;
  Add("a", 0.01, [](std::int64_t) { return 0.4; });
  Add("b", 0.02, [](std::int64_t) { return 0.4; });
  Measure();
  EXPECT_EQ(machine_.log, "ababab");
}

TEST_F(ProtocolTest, RepeatsUntilTheMeanIsPrecise) {
  // Windows of 1 run: 30 J and 34 J by turns.
  Add("a", 1.2, [](std::int64_t run) { return run % 4 < 2 ? 30.0 : 34.0; });
  const WorkloadResult a = Measure().workloads[0];
  EXPECT_EQ(a.outcome, Outcome::kSettled);
  EXPECT_GT(a.repeats.size(), options_.fewest_repeats);
  EXPECT_LE(*a.relative_standard_error, 0.01);
}

TEST_F(ProtocolTest, ACapEndsWhatScatters) {
  options_.most_repeats = 5;
  Add("a", 1.2, [](std::int64_t run) { return run % 4 < 2 ? 10.0 : 90.0; });
  const WorkloadResult a = Measure().workloads[0];
  EXPECT_EQ(a.outcome, Outcome::kScattered);
  EXPECT_EQ(a.repeats.size(), 5u);
  EXPECT_THAT(a.reason, HasSubstr("5 windows, of which 5 count"));
  EXPECT_TRUE(a.energy);
}

TEST_F(ProtocolTest, AFailingWorkloadHarmsNoOther) {
  Add("bad", 0.01, [](std::int64_t) -> double { throw std::runtime_error("out of memory"); });
  Add("good", 0.01, [](std::int64_t) { return 0.4; });
  const ProtocolResult result = Measure();
  EXPECT_EQ(result.workloads[0].outcome, Outcome::kFailed);
  EXPECT_EQ(result.workloads[0].reason, "out of memory");
  EXPECT_FALSE(result.workloads[0].energy);
  EXPECT_EQ(result.workloads[1].outcome, Outcome::kSettled);
}

TEST_F(ProtocolTest, AStuckCounterNeverBecomesJoules) {
  AddMeter([](double) { return Total(1234); });
  Add("a", 0.01, [](std::int64_t) { return 0.4; });
  const WorkloadResult a = Measure().workloads[0];
  EXPECT_EQ(a.outcome, Outcome::kFailed);
  EXPECT_THAT(a.reason, HasSubstr("3 windows in a row: powercap:package-0: the counter did not"));
  EXPECT_FALSE(a.energy);
  EXPECT_EQ(a.repeats.size(), 3u) << "the windows stay, with their reasons";
}

TEST_F(ProtocolTest, OneBadWindowIsRejectedAndRepeated) {
  // A jump of 262144 J, once.
  const auto origin = machine_.clock.Now();
  AddMeter([this, origin](double time_s) {
    const bool late = Seconds(machine_.clock.Now() - origin) > Seconds(3);
    return Total(kRestW * time_s + machine_.above_rest_j + (late ? 262'144 : 0));
  });
  Add("a", 0.01, [](std::int64_t) { return 0.4; });
  const WorkloadResult a = Measure().workloads[0];
  EXPECT_EQ(a.outcome, Outcome::kSettled);
  EXPECT_EQ(a.repeats.size(), options_.fewest_repeats + 1);
  EXPECT_NEAR(a.energy->value(), 0.5, 1e-4);
}

TEST_F(ProtocolTest, AWindowGoesOnUntilItIsLongEnough) {
  // Runs take 0.5 s while it is warmed up, and 0.1 s afterwards.
  class Warming : public Workload {
   public:
    explicit Warming(Machine& machine) : machine_(machine) {}
    std::string name() const override { return "warming"; }
    void Run(std::int64_t times) override {
      started.push_back(times);
      for (std::int64_t i = 0; i < times; ++i) {
        machine_.clock.Sleep(Seconds(++runs_ <= 4 ? 0.5 : 0.1));
        machine_.above_rest_j += 0.4;
      }
    }
    void Synchronize() override {}

    std::vector<std::int64_t> started;

   private:
    Machine& machine_;
    int runs_ = 0;
  };
  auto warming = std::make_unique<Warming>(machine_);
  const Warming& workload = *warming;
  workloads_.push_back(std::move(warming));
  const WorkloadResult result = Measure().workloads[0];
  // Four to warm up; one before each window. The first window of a second has 3 at 0.5 s in mind,
  // which end after 0.3 s, and goes on at 0.1 s for the 0.7 s that are left, with a tenth more.
  // From then on the pace is known.
  EXPECT_THAT(workload.started, ::testing::ElementsAre(1, 1, 1, 1, 1, 3, 8, 1, 11, 1, 11));
  ASSERT_EQ(result.repeats.size(), 3u);
  EXPECT_EQ(result.repeats[0].runs, 11);
  EXPECT_EQ(result.repeats[0].rejected, "");
  EXPECT_NEAR(result.repeats[0].window.duration.count(), 1.1, 1e-6);
  EXPECT_NEAR(result.energy->value(), 0.1 * kRestW + 0.4, 1e-4);
}

TEST_F(ProtocolTest, TheCallerSeesEachWindowAndMayStop) {
  std::vector<std::size_t> seen;
  hooks_.on_repeat = [&](std::size_t index, const Repeat&) { seen.push_back(index); };
  hooks_.stop = [&] { return seen.size() == 3; };
  Add("a", 0.01, [](std::int64_t) { return 0.4; });
  Add("b", 0.01, [](std::int64_t) { return 0.4; });
  const ProtocolResult result = Measure();
  EXPECT_THAT(seen, ::testing::ElementsAre(0, 1, 0));
  EXPECT_EQ(result.workloads[1].outcome, Outcome::kStopped);
  EXPECT_EQ(result.workloads[1].reason, "stopped before it was settled");
  EXPECT_TRUE(result.workloads[1].energy) << "what was measured stays";
}

}  // namespace
}  // namespace joulecast
