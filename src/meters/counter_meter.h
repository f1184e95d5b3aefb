// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "joulecast/meter.h"

namespace joulecast {

/// Where one domain's energy is read.
class Counter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Counter() = default;

  /// Sets `total`, and `raw` where the hardware counts in units of its own; `now` is the time of
  /// this reading. Throws Error if it cannot be read; it is not asked again then.
  virtual void Read(TimePoint now, DomainReading& into) = 0;
};

/// Sums power readings over time: the mean of each two neighbours, for the time between them.
class PowerIntegral : public Counter {
 public:
  /// `power` throws Error if there is none.
  explicit PowerIntegral(std::function<Watts()> power) : power_(std::move(power)) {}

  void Read(TimePoint now, DomainReading& into) override;

 private:
  struct Sample {
    TimePoint at;
    Watts power;
  };

  std::function<Watts()> power_;
  std::optional<Sample> last_;
  Joules total_;
};

/// A domain and what counts it.
struct CountedDomain {
  Domain domain;
  std::unique_ptr<Counter> counter;         ///< null if it cannot be counted
  std::string failure;                      ///< why there is no counter
  std::optional<Seconds> longest_gap = {};  ///< see Meter
};

/// A meter of domains that are read one by one: what all kinds of meters here are.
class CounterMeter final : public Meter {
 public:
  CounterMeter(std::string_view name, std::string source, std::vector<CountedDomain> domains);

  std::string_view name() const override { return name_; }
  std::string source() const override { return source_; }
  std::span<const Domain> domains() const override { return domains_; }
  std::optional<Seconds> longest_gap() const override { return longest_gap_; }
  void Read(Reading& into) override;

 private:
  Seconds ReadOnce(Reading& into);

  struct Source {
    std::unique_ptr<Counter> counter;
    std::string failure;
  };

  std::string_view name_;
  std::string source_;
  std::vector<Domain> domains_;
  std::vector<Source> sources_;  // one a domain
  std::optional<Seconds> longest_gap_;
  Seconds quickest_ = Seconds::max();  // of all readings so far
};

}  // namespace joulecast
