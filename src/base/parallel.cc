// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace joulecast {
namespace {

/// Hands out parts in order, to whoever asks.
class Parts {
 public:
  Parts(std::uint64_t count, std::uint64_t part,
        const std::function<void(int, std::uint64_t, std::uint64_t)>& work,
        const std::function<void(std::uint64_t)>& progress)
      : count_(count), part_(part), work_(work), progress_(progress) {}

  void Run(int worker) {
    while (!failed_.load(std::memory_order_relaxed)) {
      const std::uint64_t first = next_.fetch_add(part_, std::memory_order_relaxed);
      if (first >= count_) return;
      const std::uint64_t last = std::min(count_, first + part_);
      try {
        work_(worker, first, last);
        Tell(last - first);
      } catch (...) {
        Fail(first);
        return;
      }
    }
  }

  void ThrowIfFailed() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void Tell(std::uint64_t done) {
    if (!progress_) return;
    const std::lock_guard lock(mutex_);
    done_ += done;
    progress_(done_);
  }

  /// Parts are begun in order, so the lowest that fails was begun before any other one failed.
  void Fail(std::uint64_t first) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (error_ && first >= failed_at_) return;
    failed_at_ = first;
    error_ = std::current_exception();
  }

  const std::uint64_t count_;
  const std::uint64_t part_;
  const std::function<void(int, std::uint64_t, std::uint64_t)>& work_;
  const std::function<void(std::uint64_t)>& progress_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::uint64_t failed_at_ = 0;
  std::exception_ptr error_;
};

}  // namespace

int DefaultThreads() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void InParallel(std::uint64_t count, std::uint64_t part, int threads,
                const std::function<void(int, std::uint64_t, std::uint64_t)>& work,
                const std::function<void(std::uint64_t)>& progress) {
  Parts parts(count, part, work, progress);
  std::vector<std::jthread> helpers;
  const auto useful =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(threads), (count + part - 1) / part);
  for (int worker = 1; static_cast<std::uint64_t>(worker) < useful; ++worker) {
    helpers.emplace_back([&parts, worker] { parts.Run(worker); });
  }
  parts.Run(0);
  helpers.clear();  // joins
  parts.ThrowIfFailed();
}

}  // namespace joulecast
