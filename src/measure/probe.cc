// SPDX-License-Identifier: Apache-2.0
#include "measure/probe.h"

#include <algorithm>

#include "base/statistics.h"

namespace joulecast {
namespace {

constexpr std::size_t kEnoughUpdates = 10;
constexpr std::size_t kFewestUpdates = 3;

/// One domain's updates so far.
class Updates {
 public:
  void See(const DomainReading& reading, std::chrono::steady_clock::time_point at) {
    if (!reading.total || reading.total == total_) return;
    if (total_) Add(*reading.total - *total_, at);
    total_ = reading.total;
  }

  bool enough() const { return between_s_.size() >= kEnoughUpdates; }

  DomainProbe Result() const {
    DomainProbe probe{.smallest_step = smallest_};
    if (between_s_.size() >= kFewestUpdates) probe.tick = Seconds(*Median(between_s_));
    return probe;
  }

 private:
  void Add(Joules step, std::chrono::steady_clock::time_point at) {
    smallest_ = std::min(smallest_.value_or(step), step);
    if (latest_) between_s_.push_back(Seconds(at - *latest_).count());
    latest_ = at;
  }

  std::optional<Joules> total_;
  std::optional<Joules> smallest_;
  std::optional<std::chrono::steady_clock::time_point> latest_;  ///< update, not reading
  std::vector<double> between_s_;
};

}  // namespace

MeterProbe ProbeTicks(Meter& meter, Clock& clock, Seconds at_most) {
  std::vector<Updates> updates(meter.domains().size());
  std::vector<double> costs_s;
  Reading reading;
  const auto started = clock.Now();
  do {
    const auto before = clock.Now();
    meter.Read(reading);
    costs_s.push_back(Seconds(clock.Now() - before).count());
    for (std::size_t i = 0; i < updates.size(); ++i) {
      updates[i].See(reading.domains[i], reading.at);
    }
  } while (!std::ranges::all_of(updates, &Updates::enough) && clock.Now() - started < at_most);
  MeterProbe probe{.read_cost = Seconds(*Median(costs_s))};
  for (const Updates& one : updates) probe.domains.push_back(one.Result());
  return probe;
}

Seconds WindowLength(MeterSet meters, std::span<const MeterProbe> probes) {
  Seconds length = kShortestWindow;
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) {
      const auto& found = probes[m].domains[d].tick;
      const auto tick = found ? found : meters[m]->domains()[d].tick;
      if (tick) length = std::max(length, kTicksPerWindow * *tick);
    }
  }
  return length;
}

}  // namespace joulecast
