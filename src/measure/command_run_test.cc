// SPDX-License-Identifier: Apache-2.0
#include "measure/command_run.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

class CommandRunTest : public ::testing::Test {
 protected:
  CommandRunTest() {
    auto meter = std::make_unique<ScriptedMeter>("fake", clock_);
    meter->Add({.name = "machine", .part = "machine"}, ConstantPower(20));
    meter_ = meter.get();
    meters_.push_back(std::move(meter));
  }

  CommandResult Run(std::vector<std::string> words, int repeats = 1) {
    Session session(meters_, clock_);
    return MeasureCommand(session, {.words = std::move(words), .repeats = repeats});
  }

  SteadyClock clock_;
  ScriptedMeter* meter_ = nullptr;
  std::vector<std::unique_ptr<Meter>> meters_;
};

TEST_F(CommandRunTest, TheExitCodeIsTheCommands) {
  const CommandResult result = Run({"sh", "-c", "exit 3"});
  EXPECT_EQ(result.exit_code(), 3);
  EXPECT_FALSE(result.runs[0].end.signal);
  const MeterWindow& window = result.runs[0].window.meters[0];
  EXPECT_NEAR(window.domains[0].energy->value(), 20 * window.duration().count(), 1e-9);
}

TEST_F(CommandRunTest, ASignalCountsFrom128) {
  const CommandResult result = Run({"sh", "-c", "kill -TERM $$"});
  EXPECT_EQ(result.exit_code(), 128 + 15);
  EXPECT_EQ(result.runs[0].end.signal, SIGTERM);
  EXPECT_FALSE(result.interrupted_by) << "nobody told us to end";
}

TEST_F(CommandRunTest, WhatCannotBeStartedDidNotRun) {
  const CommandResult missing = Run({"/no/such/program"});
  EXPECT_EQ(missing.start_error, ENOENT);
  EXPECT_EQ(missing.exit_code(), 127);
  EXPECT_TRUE(missing.runs.empty());
  const CommandResult folder = Run({"/tmp"});
  EXPECT_EQ(folder.start_error, EACCES);
  EXPECT_EQ(folder.exit_code(), 126);
}

TEST_F(CommandRunTest, RepeatsEndAtTheFirstFailure) {
  EXPECT_EQ(Run({"true"}, 3).runs.size(), 3u);
  EXPECT_EQ(Run({"false"}, 3).runs.size(), 1u);
}

TEST_F(CommandRunTest, SignalsReachTheCommandAndAreMarked) {
  // The command sends them to us, its parent, and ends once they come back.
  const CommandResult result =
      Run({"sh", "-c", "trap 'exit 9' INT; kill -INT $PPID; while :; do sleep 0.01; done"}, 3);
  EXPECT_EQ(result.exit_code(), 9);
  EXPECT_EQ(result.interrupted_by, SIGINT);
  EXPECT_EQ(result.runs.size(), 1u) << "nothing new begins";
}

TEST_F(CommandRunTest, ASignalThatTheCommandDidNotOutliveIsMarkedToo) {
  const CommandResult result = Run({"sh", "-c", "trap '' INT; kill -INT $PPID; kill -KILL $$"}, 3);
  EXPECT_EQ(result.exit_code(), 128 + 9);
  EXPECT_EQ(result.interrupted_by, SIGINT);
}

TEST_F(CommandRunTest, AMeterThatMustBeReadOftenIsReadInBetween) {
  meter_->gap = Seconds(0.02);
  Run({"sleep", "0.1"});
  EXPECT_GE(meter_->reads, 2 + 3);
}

TEST_F(CommandRunTest, TheCommandStartsWithTheSignalsThatWeHad) {
  // A blocked SIGTERM would not end it.
  EXPECT_EQ(Run({"sh", "-c", "kill -TERM $$; exit 1"}).exit_code(), 128 + 15);
  sigset_t blocked;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_FALSE(::sigismember(&blocked, SIGTERM)) << "and so do we go on";
}

}  // namespace
}  // namespace joulecast
