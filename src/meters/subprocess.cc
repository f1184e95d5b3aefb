// SPDX-License-Identifier: Apache-2.0
#include "meters/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Fail(const std::string& program, const std::string& why) {
  throw Error(ErrorKind::kDevice, program + " " + why);
}

/// A program of a process group of its own, killed with all that it started unless it has ended.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command) : program_(command.front()) {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) Fail(program_, std::strerror(errno));
    output_ = ends[0];
    const int error = Spawn(command, ends[1]);
    ::close(ends[1]);
    if (error == 0) return;
    ::close(output_);
    Fail(program_, std::string("cannot be run: ") + std::strerror(error));
  }
  ~Child() {
    ::close(output_);
    if (status_) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits for more output; nothing at its end. Throws at the deadline.
  std::string ReadSome(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd poll{output_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) <= 0) FailLate();
    std::array<char, 512> buffer;
    const ssize_t size = ::read(output_, buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

  /// Waits for its end, which comes right after its output's. Throws at the deadline, and if it
  /// failed.
  void Wait(Clock::time_point deadline) {
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (Clock::now() > deadline) FailLate();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    status_ = status;
    if (WIFSIGNALED(status))
      Fail(program_, "was ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) {
      Fail(program_, "failed with exit code " + std::to_string(WEXITSTATUS(status)));
    }
  }

 private:
  int Spawn(const std::vector<std::string>& command, int output) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);  // who measures may block signals
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    const int error = ::posix_spawn(&pid_, words[0], &files, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
  }

  [[noreturn]] void FailLate() const { Fail(program_, "did not answer in time and was killed"); }

  std::string program_;
  int output_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace

std::string RunAndRead(const std::vector<std::string>& command, Seconds patience) {
  constexpr std::size_t kMost = 4096;
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(patience);
  Child child(command);
  std::string text;
  for (std::string more = child.ReadSome(deadline); !more.empty() && text.size() < kMost;
       more = child.ReadSome(deadline)) {
    text += more;
  }
  if (text.size() < kMost) child.Wait(deadline);
  return text;
}

}  // namespace joulecast
