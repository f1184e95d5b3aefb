// SPDX-License-Identifier: Apache-2.0
#include "measure/command_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Four seconds of a processor of 50 W that rests at 20 W, and of a memory that fails.
class CommandReportTest : public ::testing::Test {
 protected:
  CommandReportTest() {
    auto meter = std::make_unique<ScriptedMeter>("fake", clock_);
    meter->Add({.name = "cpu",
                .part = "machine/cpu",
                .evidence = Evidence::kModelled,
                .resting_power = Watts(20)},
               ConstantPower(50));
    meters_.push_back(std::move(meter));
  }

  void AddFailingMeter() {
    auto meter = std::make_unique<ScriptedMeter>("broken", clock_);
    meter->Add({.name = "dram-0", .part = "machine/dram-0"},
               [](double time_s) { return time_s < 1 ? Total(1) : Failure("Input/output error"); });
    meters_.push_back(std::move(meter));
  }

  CommandReport Make() {
    Session session(meters_, clock_);
    session.Start();
    clock_.Sleep(Seconds(4));
    CommandRun run{.end = {.exit_code = 7}, .before = {.load_average = 0.5}};
    run.window = session.Stop();
    CommandResult result{.started = "2026-01-02T03:04:05Z"};
    result.runs.push_back(std::move(run));
    return MakeReport(meters_, {.words = {"say", "\"a, b\"\n\xff"}}, result, "joulecast 1.2.3");
  }

  TestClock clock_;
  std::vector<std::unique_ptr<Meter>> meters_;
};

TEST_F(CommandReportTest, JsonHasGrossNetAndTag) {
  const auto json = nlohmann::json::parse(CommandJson(Make()));
  const auto& cpu = json["runs"][0]["domains"][0];
  EXPECT_EQ(cpu["evidence"], "modelled");
  EXPECT_NEAR(cpu["energy_j"], 200, 1e-9);
  EXPECT_NEAR(cpu["power_w"], 50, 1e-9);
  EXPECT_NEAR(cpu["net_energy_j"], 4 * 30, 1e-9);
  EXPECT_EQ(cpu["idle_basis"], "the model's idle power");
  EXPECT_EQ(json["runs"][0]["sum"]["evidence"], "modelled");
  EXPECT_EQ(json["exit_code"], 7);
  EXPECT_EQ(json["interrupted_by"], nullptr);
}

TEST_F(CommandReportTest, AMetersFailureLeavesTheOthersNumbers) {
  AddFailingMeter();
  const CommandReport report = Make();
  const auto json = nlohmann::json::parse(CommandJson(report));
  const auto& run = json["runs"][0];
  EXPECT_NEAR(run["domains"][0]["energy_j"], 200, 1e-9);
  EXPECT_EQ(run["domains"][1]["energy_j"], nullptr);
  EXPECT_EQ(run["domains"][1]["failure"], "at the end: Input/output error");
  EXPECT_EQ(run["sum"]["energy_j"], nullptr) << "a part of a sum is no sum";
  EXPECT_THAT(CommandText(report), HasSubstr("dram-0         no energy: at the end: Input/output"));
}

TEST_F(CommandReportTest, TextSaysModelledAndWhatIsIncluded) {
  const std::string text = CommandText(Make());
  EXPECT_THAT(text, HasSubstr("exit code 7, 4.00 s"));
  EXPECT_THAT(text, HasSubstr("200 J"));
  EXPECT_THAT(text, HasSubstr("modelled: no counter stands behind it"));
  EXPECT_THAT(text, HasSubstr("all else that ran is included"));
}

TEST_F(CommandReportTest, ABlockIsReportedLikeARunWithoutItsCommand) {
  Session session(meters_, clock_);
  session.Start();
  clock_.Sleep(Seconds(4));
  const BlockReport report =
      MakeReport(meters_, Block{.started = "2026-01-02T03:04:05Z", .window = session.Stop()},
                 "joulecast 1.2.3");
  const auto json = nlohmann::json::parse(BlockJson(report));
  EXPECT_NEAR(json["domains"][0]["energy_j"], 200, 1e-9);
  EXPECT_NEAR(json["sum"]["net_energy_j"], 4 * 30, 1e-9);
  EXPECT_EQ(json["sum"]["evidence"], "modelled");
  EXPECT_EQ(json["time_s"], 4);
  EXPECT_EQ(json["started"], "2026-01-02T03:04:05Z");
  EXPECT_THAT(BlockText(report), HasSubstr("4.00 s\n"));
  EXPECT_THAT(BlockText(report), HasSubstr("modelled: no counter stands behind it"));
}

TEST_F(CommandReportTest, EveryCsvLineHasTheHeadersColumns) {
  AddFailingMeter();
  CommandReport report = Make();
  report.words = {"plain"};
  const std::string lines = CommandCsvRows(report);
  const auto commas = [](std::string_view line) { return std::ranges::count(line, ','); };
  EXPECT_EQ(std::ranges::count(lines, '\n'), 3) << "two domains and their sum";
  EXPECT_EQ(commas(lines), 3 * commas(kCommandCsvHeader));
  EXPECT_THAT(lines, HasSubstr("fake,cpu,modelled,4,200,50,120,20,the model's idle power,0.5,"));
  EXPECT_THAT(lines, HasSubstr("broken,dram-0,measured,4,,,,"));
}

TEST_F(CommandReportTest, CsvQuotesTheCommand) {
  EXPECT_THAT(CommandCsvRows(Make()), HasSubstr(",\"say \"\"a, b\"\"\n\xff\","));
}

TEST_F(CommandReportTest, PrometheusHasNoSampleOfWhatIsUnknown) {
  AddFailingMeter();
  const std::string text = CommandPrometheus(Make());
  const std::string labels = R"({command="say \"a, b\"??",meter="fake",domain="cpu",)"
                             R"(evidence="modelled"})";
  EXPECT_THAT(text, HasSubstr("# TYPE joulecast_command_energy_joules gauge\n"));
  EXPECT_THAT(text, HasSubstr("joulecast_command_energy_joules" + labels + " 200\n"));
  EXPECT_THAT(text, HasSubstr("joulecast_command_meter_up" + labels + " 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("joulecast_command_energy_joules{command=\"say \\\"a, b\\\"??\","
                                  "meter=\"broken\"")));
  EXPECT_THAT(text, HasSubstr("meter=\"broken\",domain=\"dram-0\",evidence=\"measured\"} 0\n"));
}

TEST_F(CommandReportTest, RepeatsHaveAMeanAndItsError) {
  CommandReport report = Make();
  EXPECT_FALSE(report.repeats);
  Session session(meters_, clock_);
  CommandResult result;
  for (const double seconds : {3.6, 4.0, 4.4}) {  // 180, 200, 220 J
    session.Start();
    clock_.Sleep(Seconds(seconds));
    result.runs.push_back({.window = session.Stop()});
  }
  report = MakeReport(meters_, {.words = {"x"}}, result, "joulecast 1.2.3");
  EXPECT_NEAR(report.repeats->mean.value(), 200, 1e-9);
  // Sample deviation 20, over the root of three, over 200.
  EXPECT_NEAR(*report.repeats->relative_standard_error, 0.0577350269, 1e-9);
}

}  // namespace
}  // namespace joulecast
