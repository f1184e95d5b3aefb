// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "measure/session.h"

namespace joulecast {

/// Reads a session's meters in time while a window lasts, from a thread that sleeps until the next
/// reading is due. There is no thread if no meter minds, or if the window is expected to end long
/// before one does.
class Guard {
 public:
  explicit Guard(Session& session, std::optional<Seconds> expected = std::nullopt);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  bool has_thread() const { return thread_.joinable(); }

 private:
  void Loop();

  Session& session_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace joulecast
