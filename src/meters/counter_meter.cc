// SPDX-License-Identifier: Apache-2.0
#include "meters/counter_meter.h"

#include <algorithm>
#include <utility>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using Clock = std::chrono::steady_clock;

void ReadCounter(Counter& counter, std::string& failure, DomainReading& into) {
  try {
    counter.Read(Clock::now(), into);
  } catch (const Error& error) {
    failure = error.what();
    into.total.reset();
  }
}

}  // namespace

void PowerIntegral::Read(TimePoint now, DomainReading& into) {
  const Sample sample{now, power_()};
  if (last_) {
    const Watts mean((last_->power.value() + sample.power.value()) / 2);
    total_ += mean * Seconds(sample.at - last_->at);
  }
  last_ = sample;
  into.total = total_;
}

CounterMeter::CounterMeter(std::string_view name, std::string source,
                           std::vector<CountedDomain> domains)
    : name_(name), source_(std::move(source)) {
  for (CountedDomain& counted : domains) {
    domains_.push_back(std::move(counted.domain));
    sources_.push_back({std::move(counted.counter), std::move(counted.failure)});
    if (counted.longest_gap) {
      longest_gap_ = std::min(longest_gap_.value_or(*counted.longest_gap), *counted.longest_gap);
    }
  }
}

/// A reading that the scheduler interrupted does not know its own time: on a busy machine by
/// milliseconds, which is .1 % of a window. It is made again.
void CounterMeter::Read(Reading& into) {
  constexpr Seconds kPrompt(1e-4);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Seconds took = ReadOnce(into);
    quickest_ = std::min(quickest_, took);
    if (took <= std::max(kPrompt, 2 * quickest_)) return;
  }
}

Seconds CounterMeter::ReadOnce(Reading& into) {
  into.domains.resize(sources_.size());
  const auto before = Clock::now();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto& [counter, failure] = sources_[i];
    DomainReading& reading = into.domains[i];
    reading.total.reset();
    reading.raw.reset();
    if (failure.empty()) ReadCounter(*counter, failure, reading);
    reading.failure = failure;
  }
  const auto took = Clock::now() - before;
  into.at = before + took / 2;
  return took;
}

}  // namespace joulecast
