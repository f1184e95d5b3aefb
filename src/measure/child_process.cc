// SPDX-License-Identifier: Apache-2.0
#include "measure/child_process.h"

#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>

namespace joulecast {
namespace {

constexpr std::array kForwarded = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                   SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};

timespec ToTimespec(Seconds time) {
  const double whole = std::floor(time.count());
  return {.tv_sec = static_cast<time_t>(whole),
          .tv_nsec = static_cast<long>(1e9 * (time.count() - whole))};
}

Seconds ToSeconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ProcessEnd MakeEnd(int status, const rusage& usage) {
  ProcessEnd end{.cpu_time = ToSeconds(usage.ru_utime) + ToSeconds(usage.ru_stime)};
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
    end.exit_code = 128 + *end.signal;
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace

HeldSignals::HeldSignals() {
  ::sigemptyset(&held_);
  ::sigaddset(&held_, SIGCHLD);
  for (const int signal : kForwarded) ::sigaddset(&held_, signal);
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  // Whoever started us may ignore the ends of children: then there would be none to wait for.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, &child_action_);
}

HeldSignals::~HeldSignals() {
  // What came too late for anyone must not end us now.
  while (Next(Seconds::zero())) {
  }
  ::sigaction(SIGCHLD, &child_action_, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<siginfo_t> HeldSignals::Next(std::optional<Seconds> at_most) const {
  siginfo_t info{};
  const timespec timeout = ToTimespec(at_most.value_or(Seconds::zero()));
  const int signal =
      at_most ? ::sigtimedwait(&held_, &info, &timeout) : ::sigwaitinfo(&held_, &info);
  return signal > 0 ? std::optional(info) : std::nullopt;
}

ChildProcess::ChildProcess(const std::vector<std::string>& words, const HeldSignals& signals) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &signals.before());
  start_error_ = ::posix_spawnp(&id_, argv[0], nullptr, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (start_error_ != 0) id_ = -1;
}

ChildProcess::~ChildProcess() {
  while (id_ > 0 && ::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<ProcessEnd> ChildProcess::Poll() {
  int status = 0;
  rusage usage{};
  if (::wait4(id_, &status, WNOHANG, &usage) != id_) return std::nullopt;
  id_ = -1;
  return MakeEnd(status, usage);
}

void ChildProcess::Forward(const siginfo_t& signal) const {
  const bool from_terminal = signal.si_code == SI_KERNEL;
  if (id_ > 0 && !from_terminal) ::kill(id_, signal.si_signo);
}

std::string SignalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

}  // namespace joulecast
