// SPDX-License-Identifier: Apache-2.0
// No counter: what the processors did (/proc/stat), times what such processors draw. It covers the
// whole machine, as counters do, and every number of it says `modelled`.
#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/cpu_facts.h"
#include "meters/cpu_power.h"
#include "meters/file_reader.h"
#include "meters/meter_obstacle.h"

namespace joulecast {
namespace {

constexpr Seconds kJiffy(0.01);  // USER_HZ is 100 on all of Linux

/// Jiffies that a processor worked, of its line in /proc/stat: user, nice, system, idle, iowait,
/// irq, softirq; what was stolen by other guests is their energy.
std::uint64_t BusyJiffies(std::span<const std::string_view> words) {
  std::uint64_t busy = 0;
  for (const std::size_t column : {1, 2, 3, 6, 7}) {
    if (column < words.size()) {
      busy += static_cast<std::uint64_t>(ParseInt(words[column]).value_or(0));
    }
  }
  return busy;
}

/// Idle power all the time, and the rest for the time that a package's processors work.
class WorkingTime final : public Counter {
 public:
  WorkingTime(const std::filesystem::path& stat, std::vector<int> cpus, CpuPower power)
      : stat_(stat), cpus_(std::move(cpus)), power_(std::move(power)) {}

  void Read(TimePoint now, DomainReading& into) override {
    const std::uint64_t jiffies = CountBusy();
    if (!start_) start_ = now;
    // A processor that goes offline takes its jiffies along.
    busy_ += jiffies > last_jiffies_ ? jiffies - last_jiffies_ : 0;
    last_jiffies_ = jiffies;
    const Watts resting(static_cast<double>(cpus_.size()) * power_.idle.value());
    const Watts working(power_.busy.value() - power_.idle.value());
    into.total = resting * (now - *start_) + working * (static_cast<double>(busy_) * kJiffy);
    into.raw = jiffies;
  }

 private:
  std::uint64_t CountBusy() {
    std::uint64_t busy = 0;
    for (const std::string_view line : Split(stat_.ReadText(buffer_), '\n')) {
      if (!line.starts_with("cpu")) break;  // processors come first
      const auto words = SplitBlanks(line);
      const auto number = ParseInt(words[0].substr(3));
      if (number && std::binary_search(cpus_.begin(), cpus_.end(), *number)) {
        busy += BusyJiffies(words);
      }
    }
    return busy;
  }

  FileReader stat_;
  std::vector<int> cpus_;  // sorted
  CpuPower power_;
  std::vector<char> buffer_ = std::vector<char>(1 << 16);  // 256 processors take 20 KB
  std::optional<TimePoint> start_;
  std::uint64_t last_jiffies_ = 0;
  std::uint64_t busy_ = 0;
};

/// Memory draws the same, worked or not.
class SteadyPower final : public Counter {
 public:
  explicit SteadyPower(Watts power) : power_(power) {}

  void Read(TimePoint now, DomainReading& into) override {
    if (!start_) start_ = now;
    into.total = power_ * (now - *start_);
  }

 private:
  Watts power_;
  std::optional<TimePoint> start_;
};

// Cloud Carbon Footprint's mean of what Crucial (0.375) and Micron (0.4083) state of DDR4.
constexpr double kMemoryWattsPerGigabyte = 0.392;

Watts MemoryPower(const std::filesystem::path& root) {
  const FileReader meminfo(root / "proc/meminfo");
  std::vector<char> buffer(4096);
  const auto words = SplitBlanks(meminfo.ReadText(buffer));  // "MemTotal: 16384 kB"
  const auto kibibytes = words.size() > 1 ? ParseInt(words[1]) : std::nullopt;
  if (!kibibytes || words[0] != "MemTotal:") {
    throw Error(ErrorKind::kDevice,
                "modelled: " + meminfo.path() + " does not begin with MemTotal; leave memory out");
  }
  return Watts(static_cast<double>(*kibibytes) * 1024e-9 * kMemoryWattsPerGigabyte);
}

/// The numbers of the processors of each package.
std::map<int, std::vector<int>> Packages(const CpuFacts& facts) {
  std::map<int, std::vector<int>> packages;
  for (const LogicalCpu& cpu : facts.cpus) packages[cpu.package].push_back(cpu.number);
  for (auto& [package, cpus] : packages) std::sort(cpus.begin(), cpus.end());
  return packages;
}

CountedDomain Processors(const MeterHost& host, int package, const std::vector<int>& cpus,
                         const CpuPower& power) {
  const std::string name = "package-" + std::to_string(package);
  const auto count = static_cast<double>(cpus.size());
  const Domain domain = {.name = name,
                         .part = "machine/" + name,
                         .evidence = Evidence::kModelled,
                         .resolution = Watts(power.busy.value() - power.idle.value()) * kJiffy,
                         .tick = kJiffy,
                         .resting_power = Watts(count * power.idle.value())};
  return {domain, std::make_unique<WorkingTime>(host.root / "proc/stat", cpus, power), {}};
}

CountedDomain Memory(int package, Watts power) {
  const std::string name = "dram-" + std::to_string(package);
  const Domain domain = {.name = name,
                         .part = "machine/" + name,
                         .evidence = Evidence::kModelled,
                         .resting_power = power};
  return {domain, std::make_unique<SteadyPower>(power), {}};
}

void CheckTdp(std::optional<Watts> tdp) {
  if (!tdp || (tdp->value() > 0 && tdp->value() <= 10000)) return;
  throw Error(ErrorKind::kUsage, "modelled: a processor of " + std::to_string(tdp->value()) +
                                     " W is none; give its thermal design power, 105 say");
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost& host) {
  if (!argument.empty()) {
    throw Error(ErrorKind::kUsage, "modelled: takes no argument, but has '" +
                                       Printable(argument, 80) + "'; try --meter modelled");
  }
  CheckTdp(host.tdp);
  const CpuFacts facts = ReadCpuFacts(host.root);
  const auto packages = Packages(facts);
  if (packages.empty()) {
    throw MeterObstacle(
        ErrorKind::kDevice,
        "modelled: " + (host.root / "proc/cpuinfo").string() + " lists no processor",
        "mount /proc here");
  }
  std::vector<CountedDomain> domains;
  std::string source;
  for (const auto& [package, cpus] : packages) {
    const CpuPower power =
        host.tdp ? PowerOf(facts, *host.tdp, static_cast<int>(cpus.size())) : PowerOf(facts);
    source = power.source;
    domains.push_back(Processors(host, package, cpus, power));
  }
  if (host.with_memory) {
    const Watts memory = MemoryPower(host.root);
    const auto count = static_cast<double>(packages.size());
    for (const auto& [package, cpus] : packages) {
      domains.push_back(Memory(package, Watts(memory.value() / count)));
    }
    source += "; memory at 0.392 W/GB";
  }
  return std::make_unique<CounterMeter>(
      "modelled", "working time of " + facts.model_name + " times power from " + source,
      std::move(domains));
}

}  // namespace

const MeterType kModelled = {
    .name = "modelled",
    .summary = "no counter: the processors' working time times a documented power",
    .argument = "",
    .preference = 1000,
    .open = Open};

}  // namespace joulecast
