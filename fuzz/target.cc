// SPDX-License-Identifier: Apache-2.0
// What libFuzzer calls, the same for each target. It times inputs by the clock, and takes one for a
// hang when the machine is busy with something else; here their own processor time counts.
#include "fuzz/target.h"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>

#include "fuzz/estimate_all.h"

namespace joulecast::fuzz {
namespace {

/// Without optimization, as in the asan preset, everything takes several times as long.
#ifdef __OPTIMIZE__
constexpr int kMostSeconds = 1;
#else
constexpr int kMostSeconds = 10;
#endif

/// In a handler of signals little is allowed. libFuzzer takes it from abort(): it keeps the input
/// and shows where the time is spent.
void EndSlowInput(int /*signal*/) {
  constexpr std::string_view kWhat =
      "broken promise: no input takes longer than a second of processor time, ten unoptimized\n";
  (void)!::write(STDERR_FILENO, kWhat.data(), kWhat.size());
  std::abort();
}

/// SIGPROF after so many seconds of this process on a processor; 0: never.
void SetAlarm(int seconds) {
  const itimerval after{.it_interval = {}, .it_value = {.tv_sec = seconds, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &after, nullptr);
}

}  // namespace
}  // namespace joulecast::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  using namespace joulecast::fuzz;
  std::signal(SIGPROF, EndSlowInput);
  ShippedProfile();  // read here, not on the first input's time
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  SetAlarm(kMostSeconds);
  Try([&] { RunInput({reinterpret_cast<const char*>(data), size}); });
  SetAlarm(0);
  return 0;
}
