// SPDX-License-Identifier: Apache-2.0
#include "measure/command_run.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

namespace joulecast {
namespace {

bool AsksForEnd(int signal) {
  constexpr std::array kEnds = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  return std::ranges::find(kEnds, signal) != kEnds.end();
}

class Measurement {
 public:
  Measurement(Session& session, const CommandRequest& request)
      : session_(session), request_(request) {}

  CommandResult Run() && {
    result_.started = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
    result_.baseline.before = Idle();
    while (GoesOn()) RunOnce();
    if (!result_.runs.empty()) result_.baseline.after = Idle();
    return std::move(result_);
  }

 private:
  bool GoesOn() const {
    if (result_.interrupted_by || result_.start_error != 0) return false;
    if (result_.runs.size() >= static_cast<std::size_t>(request_.repeats)) return false;
    return result_.runs.empty() || result_.runs.back().end.exit_code == 0;
  }

  std::optional<MeasuredWindow> Idle() {
    if (request_.idle <= Seconds::zero() || result_.interrupted_by) return std::nullopt;
    return MeasureIdle(session_, request_.idle, [this](Seconds time) { Wait(time); });
  }

  /// Sleeps until the time is over or a signal asks for the end.
  void Wait(Seconds time) {
    Clock& clock = session_.clock();
    const auto end = clock.Now() + time;
    while (!result_.interrupted_by && clock.Now() < end) Note(signals_.Next(end - clock.Now()));
  }

  void Note(const std::optional<siginfo_t>& signal) {
    if (signal && AsksForEnd(signal->si_signo)) result_.interrupted_by = signal->si_signo;
  }

  /// Ctrl-C reaches the command too, which may have ended before we looked.
  void NotePending() {
    while (const auto signal = signals_.Next(Seconds::zero())) Note(signal);
  }

  void RunOnce() {
    CommandRun run{.before = ReadConditions()};
    session_.Start();
    ChildProcess child(request_.words, signals_);
    result_.start_error = child.start_error();
    if (result_.start_error != 0) return;
    run.end = WaitFor(child);
    run.window = session_.Stop();
    NotePending();
    run.after = ReadConditions();
    result_.runs.push_back(std::move(run));
  }

  ProcessEnd WaitFor(ChildProcess& child) {
    while (true) {
      if (const auto end = child.Poll()) return *end;
      const auto signal = signals_.Next(UntilDue());
      session_.ReadDue();
      if (!signal || signal->si_signo == SIGCHLD) continue;
      Note(signal);
      child.Forward(*signal);
    }
  }

  /// How long a meter may wait for its next reading; nullopt: forever.
  std::optional<Seconds> UntilDue() const {
    const auto due = session_.NextDue();
    if (!due) return std::nullopt;
    return std::max<Seconds>(*due - session_.clock().Now(), Seconds::zero());
  }

  Session& session_;
  const CommandRequest& request_;
  HeldSignals signals_;
  CommandResult result_;
};

}  // namespace

int CommandResult::exit_code() const {
  if (!runs.empty()) return runs.back().end.exit_code;
  if (start_error != 0) return start_error == ENOENT || start_error == ENOTDIR ? 127 : 126;
  return 128 + interrupted_by.value_or(0);
}

CommandResult MeasureCommand(Session& session, const CommandRequest& request) {
  return Measurement(session, request).Run();
}

}  // namespace joulecast
