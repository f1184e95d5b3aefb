// SPDX-License-Identifier: Apache-2.0
// RAPL through the kernel's power PMU. The kernel undoes the wraps, with a timer of its own.
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/cpu_facts.h"
#include "meters/file_reader.h"
#include "meters/meter_obstacle.h"
#include "meters/perf_events.h"

namespace joulecast {
namespace {

std::string NameOf(const PerfEvent& event) {
  return event.domain.name + " (PMU " + std::to_string(event.type) + ", event " +
         std::to_string(event.config) + ", processor " + std::to_string(event.cpu) + ")";
}

int OpenEvent(const PerfEvent& event) {
  perf_event_attr attributes = {};
  attributes.size = sizeof attributes;
  attributes.type = event.type;
  attributes.config = event.config;
  const long descriptor = ::syscall(SYS_perf_event_open, &attributes, /*pid=*/-1, event.cpu,
                                    /*group=*/-1, PERF_FLAG_FD_CLOEXEC);
  return static_cast<int>(descriptor);
}

class PerfCounter final : public Counter {
 public:
  explicit PerfCounter(const PerfEvent& event)
      : name_(NameOf(event)), unit_(event.unit), descriptor_(OpenEvent(event)) {
    if (descriptor_ < 0) Fail("cannot open the event ", errno);
  }
  ~PerfCounter() override { ::close(descriptor_); }
  PerfCounter(const PerfCounter&) = delete;
  PerfCounter& operator=(const PerfCounter&) = delete;

  void Read(TimePoint, DomainReading& into) override {
    std::uint64_t count = 0;
    const ssize_t size = ::read(descriptor_, &count, sizeof count);
    // An event whose processor went offline ends as a file does.
    if (size != sizeof count) Fail("cannot read ", size < 0 ? errno : ENODEV);
    into.raw = count;
    into.total = static_cast<double>(count) * unit_;
  }

 private:
  [[noreturn]] void Fail(const char* tried, int error) const {
    const bool denied = error == EACCES || error == EPERM;
    throw Error(denied ? ErrorKind::kPermission : ErrorKind::kDevice,
                tried + name_ + ": " + std::strerror(error));
  }

  std::string name_;
  Joules unit_;
  int descriptor_;
};

[[noreturn]] void FailWithoutPmu(const MeterHost& host) {
  const std::string why = "perf: this kernel has no power PMU in " +
                          (host.root / "sys/bus/event_source/devices/power").string();
  if (ReadCpuFacts(host.root).virtual_machine) {
    throw MeterObstacle(ErrorKind::kDevice, why + "; this is a virtual machine",
                        "measure on its host, or take --meter modelled");
  }
  throw MeterObstacle(
      ErrorKind::kDevice, why,
      "sudo modprobe rapl (Intel since Sandy Bridge, AMD since Zen), or take another "
      "meter");
}

[[noreturn]] void FailUnopened(const std::string& why, bool denied, const MeterHost& host) {
  if (!denied) {
    throw MeterObstacle(ErrorKind::kDevice, "perf: " + why, "choose another meter with --meter");
  }
  const auto paranoid = ReadLine(host.root / "proc/sys/kernel/perf_event_paranoid");
  throw MeterObstacle(
      ErrorKind::kPermission,
      "perf: " + why + " (kernel.perf_event_paranoid is " + paranoid.value_or("unknown") + ")",
      "sudo sysctl kernel.perf_event_paranoid=0, or sudo setcap cap_perfmon+ep on this "
      "program; a container needs --cap-add PERFMON too");
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost& host) {
  if (!argument.empty()) {
    throw Error(ErrorKind::kUsage, "perf: takes no argument, but has '" + Printable(argument, 80) +
                                       "'; try --meter perf");
  }
  const std::vector<PerfEvent> events = FindPerfEvents(host.root);
  if (events.empty()) FailWithoutPmu(host);
  std::vector<CountedDomain> domains;
  bool denied = false;
  for (const PerfEvent& event : events) {
    CountedDomain& counted = domains.emplace_back(CountedDomain{event.domain, {}, event.failure});
    try {
      if (event.failure.empty()) counted.counter = std::make_unique<PerfCounter>(event);
    } catch (const Error& error) {
      denied = denied || error.kind() == ErrorKind::kPermission;
      counted.failure = error.what();
    }
  }
  const auto works = [](const CountedDomain& domain) { return domain.counter != nullptr; };
  if (std::none_of(domains.begin(), domains.end(), works)) {
    FailUnopened(domains.front().failure, denied, host);
  }
  return std::make_unique<CounterMeter>("perf", "RAPL through the kernel's power PMU",
                                        std::move(domains));
}

}  // namespace

const MeterType kPerf = {.name = "perf",
                         .summary = "RAPL counters through the kernel's power PMU",
                         .argument = "",
                         .preference = 20,
                         .open = Open};

}  // namespace joulecast
