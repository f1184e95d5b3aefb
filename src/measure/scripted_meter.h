// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "joulecast/meter.h"
#include "measure/clock.h"

namespace joulecast {

/// For tests: time that passes only when told to.
class TestClock : public Clock {
 public:
  std::chrono::steady_clock::time_point Now() override { return now_; }
  void Sleep(Seconds time) override {
    now_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(time);
  }

 private:
  std::chrono::steady_clock::time_point now_{std::chrono::seconds(1000)};
};

/// For tests: a meter whose domains read what functions of the seconds since its making say.
class ScriptedMeter : public Meter {
 public:
  using Script = std::function<DomainReading(double time_s)>;

  ScriptedMeter(std::string name, Clock& clock)
      : name_(std::move(name)), clock_(clock), origin_(clock.Now()) {}

  ScriptedMeter& Add(Domain domain, Script script) {
    domains_.push_back(std::move(domain));
    scripts_.push_back(std::move(script));
    return *this;
  }

  std::string_view name() const override { return name_; }
  std::string source() const override { return "a test's script"; }
  std::span<const Domain> domains() const override { return domains_; }
  std::optional<Seconds> longest_gap() const override { return gap; }
  void Read(Reading& into) override {
    ++reads;
    if (read_cost > Seconds::zero()) clock_.Sleep(read_cost);
    into.at = clock_.Now();
    into.domains.clear();
    for (const Script& script : scripts_) {
      into.domains.push_back(script(Seconds(into.at - origin_).count()));
    }
  }

  std::optional<Seconds> gap;
  Seconds read_cost{0};
  int reads = 0;

 private:
  std::string name_;
  Clock& clock_;
  std::chrono::steady_clock::time_point origin_;
  std::vector<Domain> domains_;
  std::vector<Script> scripts_;
};

inline DomainReading Total(double energy_j) { return {.total = Joules(energy_j)}; }
inline DomainReading Failure(std::string why) { return {.failure = std::move(why)}; }

/// A counter of constant power that is updated continuously.
inline ScriptedMeter::Script ConstantPower(double power_w) {
  return [power_w](double time_s) { return Total(power_w * time_s); };
}

/// The same, updated only at multiples of its tick.
inline ScriptedMeter::Script Ticking(double power_w, double tick_s) {
  return [=](double time_s) {
    return Total(power_w * tick_s * static_cast<double>(static_cast<long>(time_s / tick_s + 1e-6)));
  };
}

}  // namespace joulecast
