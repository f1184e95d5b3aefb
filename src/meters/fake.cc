// SPDX-License-Identifier: Apache-2.0
// A meter for tests through the real program. `fake:watts=20` counts a constant power; further
// options after colons: `tick-s=0.1` renews the counter that often, `part=machine/gpu-0` says what
// it counts, `evidence=measured` what it claims to stand on (`modelled`, unless told).
// `fake:script=FILE` follows a file of lines, in order of time since the first reading:
//
//     SECONDS PART JOULES              the counter stands at JOULES from then on
//     SECONDS PART failed REASON...    it cannot be read from then on
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/meter_obstacle.h"

namespace joulecast {
namespace {

constexpr Joules kUnit(1e-6);
constexpr std::string_view kUse = "fake:watts=20 or fake:script=FILE";

/// The time since the first reading.
class Stopwatch {
 public:
  Seconds Elapsed(Counter::TimePoint now) {
    if (!start_) start_ = now;
    return now - *start_;
  }

 private:
  std::optional<Counter::TimePoint> start_;
};

class ConstantPower final : public Counter {
 public:
  ConstantPower(Watts power, std::optional<Seconds> tick) : power_(power), tick_(tick) {}

  void Read(TimePoint now, DomainReading& into) override {
    Seconds elapsed = stopwatch_.Elapsed(now);
    if (tick_) elapsed = std::floor(elapsed / *tick_) * *tick_;
    into.raw = static_cast<std::uint64_t>(power_ * elapsed / kUnit);
    into.total = static_cast<double>(*into.raw) * kUnit;
  }

 private:
  Watts power_;
  std::optional<Seconds> tick_;
  Stopwatch stopwatch_;
};

struct Step {
  Seconds at;
  Joules total;
  std::string failure;
};

class Script final : public Counter {
 public:
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}

  void Read(TimePoint now, DomainReading& into) override {
    const Seconds elapsed = stopwatch_.Elapsed(now);
    Joules total;
    for (const Step& step : steps_) {
      if (step.at > elapsed) break;
      if (!step.failure.empty()) throw Error(ErrorKind::kDevice, step.failure);
      total = step.total;
    }
    into.total = total;
  }

 private:
  std::vector<Step> steps_;
  Stopwatch stopwatch_;
};

[[noreturn]] void Refuse(std::string_view argument, const std::string& why) {
  throw Error(ErrorKind::kUsage,
              "fake: '" + Printable(argument, 80) + "': " + why + "; try " + std::string(kUse));
}

double ParsePositive(std::string_view argument, std::string_view text) {
  const auto value = ParseDouble(text);
  if (!value || !std::isfinite(*value) || *value <= 0) {
    Refuse(argument, "'" + Printable(text, 40) + "' is no positive number");
  }
  return *value;
}

Evidence ParseEvidence(std::string_view argument, std::string_view text) {
  for (const Evidence evidence :
       {Evidence::kMeasured, Evidence::kIntegrated, Evidence::kModelled}) {
    if (Name(evidence) == text) return evidence;
  }
  Refuse(argument, "evidence is measured, integrated or modelled");
}

std::string NameOf(const std::string& part) { return part.substr(part.rfind('/') + 1); }

Step ParseStep(const std::string& where, std::span<const std::string_view> words) {
  const auto at = words.size() < 3 ? std::nullopt : ParseDouble(words[0]);
  const auto total = at ? ParseDouble(words[2]) : std::nullopt;
  const bool failed = at && words.size() > 3 && words[2] == "failed";
  if (!failed && (!total || words.size() != 3)) {
    throw Error(ErrorKind::kInput,
                where + ": neither 'SECONDS PART JOULES' nor 'SECONDS PART failed REASON'");
  }
  Step step{Seconds(*at), Joules(total.value_or(0)), {}};
  for (const std::string_view word : words.subspan(failed ? 3 : words.size())) {
    step.failure += (step.failure.empty() ? "" : " ") + std::string(word);
  }
  return step;
}

void Append(std::vector<Step>& steps, Step step, const std::string& where) {
  if (!steps.empty() &&
      (step.at < steps.back().at || (step.failure.empty() && step.total < steps.back().total))) {
    throw Error(ErrorKind::kInput, where + ": time and joules of a part never go backwards");
  }
  steps.push_back(std::move(step));
}

using Steps = std::vector<Step>;

/// The steps of a part; parts keep the order in which the script names them.
Steps& StepsOf(std::string_view part, std::vector<std::pair<std::string, Steps>>& parts) {
  const auto same = [&](const auto& entry) { return entry.first == part; };
  const auto found = std::find_if(parts.begin(), parts.end(), same);
  return found != parts.end() ? found->second : parts.emplace_back(part, Steps{}).second;
}

std::vector<CountedDomain> ReadScript(const std::string& path, Evidence evidence) {
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  std::vector<std::pair<std::string, Steps>> parts;
  int number = 0;
  for (const std::string_view line : Split(text, '\n')) {
    const std::string where = path + ":" + std::to_string(++number);
    const auto words = SplitBlanks(line);
    if (words.empty()) continue;
    Step step = ParseStep(where, words);
    Append(StepsOf(words[1], parts), std::move(step), where);
  }
  std::vector<CountedDomain> domains;
  for (auto& [part, steps] : parts) {
    domains.push_back({{NameOf(part), part, evidence, kUnit, {}, {}},
                       std::make_unique<Script>(std::move(steps)),
                       {}});
  }
  return domains;
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost&) {
  if (argument.empty()) {
    throw MeterObstacle(ErrorKind::kUsage, "fake: counts nothing unless told what",
                        "for tests only: --meter " + std::string(kUse));
  }
  std::optional<Watts> power;
  std::string script;
  Domain domain{"fake", "machine/fake", Evidence::kModelled, kUnit, {}, {}};
  for (const std::string_view option : Split(argument, ':')) {
    const std::size_t equals = std::min(option.find('='), option.size());
    const std::string_view key = option.substr(0, equals);
    const std::string_view value = option.substr(std::min(equals + 1, option.size()));
    if (key == "watts") {
      power = Watts(ParsePositive(argument, value));
    } else if (key == "tick-s") {
      domain.tick = Seconds(ParsePositive(argument, value));
    } else if (key == "part" && !value.empty()) {
      domain.part = value;
      domain.name = NameOf(domain.part);
    } else if (key == "evidence") {
      domain.evidence = ParseEvidence(argument, value);
    } else if (key == "script" && !value.empty()) {
      script = value;
    } else {
      Refuse(argument, "no option '" + Printable(key, 40) + "'");
    }
  }
  if (power.has_value() != script.empty()) Refuse(argument, "needs either watts or a script");
  std::vector<CountedDomain> domains;
  if (power) {
    domains.push_back({domain, std::make_unique<ConstantPower>(*power, domain.tick), {}});
  } else {
    domains = ReadScript(script, domain.evidence);
  }
  return std::make_unique<CounterMeter>("fake", "fake:" + std::string(argument),
                                        std::move(domains));
}

}  // namespace

const MeterType kFake = {.name = "fake",
                         .summary = "a scripted meter, for tests",
                         .argument = "watts=W[:tick-s=S][:part=PART][:evidence=TAG] or script=FILE",
                         .preference = {},
                         .open = Open};

}  // namespace joulecast
