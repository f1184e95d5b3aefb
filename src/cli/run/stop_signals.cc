// SPDX-License-Identifier: Apache-2.0
#include "cli/run/stop_signals.h"

#include <cstring>
#include <ctime>
#include <initializer_list>

namespace joulecast {

StopSignals::StopSignals() {
  ::sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals_, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool StopSignals::Came() {
  const timespec no_wait{};
  if (caught_ == 0) {
    const int signal = ::sigtimedwait(&signals_, nullptr, &no_wait);
    if (signal > 0) caught_ = signal;
  }
  return caught_ != 0;
}

const char* StopSignals::name() const { return ::strsignal(caught_); }

}  // namespace joulecast
