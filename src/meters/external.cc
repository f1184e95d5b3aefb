// SPDX-License-Identifier: Apache-2.0
// Any other meter, at the wall say: a file or a program that tells joules so far or watts now, as
// "1234.5 J" or "87 W". `external:PATH` where it names its unit, `external:UNIT=PATH` where it
// tells a bare number, as /sys/class/power_supply/BAT0/power_now does of microwatts (uW).
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/file_reader.h"
#include "meters/meter_obstacle.h"
#include "meters/subprocess.h"

namespace joulecast {
namespace {

constexpr std::string_view kUse =
    "external:PATH of what tells '1234.5 J' or '87 W', or external:UNIT=PATH for a bare number";

constexpr Seconds kPowerGap(1);  // meters at the wall renew once a second
constexpr Seconds kPatience(2);  // for a program to answer

struct Unit {
  std::string_view name;
  bool energy;
  double factor;  ///< to joules or watts
};

constexpr std::array<Unit, 10> kUnits = {{{"J", true, 1},
                                          {"mJ", true, 1e-3},
                                          {"uJ", true, 1e-6},
                                          {"kJ", true, 1e3},
                                          {"Wh", true, 3600},
                                          {"kWh", true, 3.6e6},
                                          {"W", false, 1},
                                          {"mW", false, 1e-3},
                                          {"uW", false, 1e-6},
                                          {"kW", false, 1e3}}};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

/// Where the numbers come from.
struct Source {
  std::vector<std::string> command;  ///< a file if it is one word that cannot be run
  const Unit* unit = nullptr;        ///< of a bare number

  bool IsFile() const { return command.size() == 1 && ::access(command[0].c_str(), X_OK) != 0; }
};

struct Answer {
  double value;  ///< in joules or watts
  const Unit* unit;
};

/// A file is opened anew each time: who writes it may put another in its place.
std::string Ask(const Source& source) {
  if (!source.IsFile()) return RunAndRead(source.command, kPatience);
  std::array<char, 256> buffer;
  return std::string(FileReader(source.command[0]).ReadText(buffer));
}

Answer ReadAnswer(const Source& source) {
  const std::string text = Ask(source);
  const auto words = SplitBlanks(Split(text, '\n').front());
  const auto value = words.empty() ? std::nullopt : ParseDouble(words[0]);
  const Unit* const unit = words.size() == 2 ? FindUnit(words[1]) : source.unit;
  if (!value || !std::isfinite(*value) || *value < 0 || words.size() > 2 || unit == nullptr) {
    throw Error(ErrorKind::kDevice, source.command[0] + " tells '" + Printable(text, 60) +
                                        "', no energy or power; wanted " + std::string(kUse));
  }
  return {*value * unit->factor, unit};
}

class EnergyAnswers final : public Counter {
 public:
  explicit EnergyAnswers(Source source) : source_(std::move(source)) {}

  void Read(TimePoint, DomainReading& into) override {
    const Joules now(ReadAnswer(source_).value);
    if (now < last_) {
      throw Error(ErrorKind::kDevice, source_.command[0] + " fell from " +
                                          std::to_string(last_.value()) + " J to " +
                                          std::to_string(now.value()) + " J: it was reset");
    }
    into.total = last_ = now;
  }

 private:
  Source source_;
  Joules last_;
};

/// "UNIT=PATH", "PATH", or "UNIT" and nothing for the host's command.
Source ParseArgument(std::string_view argument, const MeterHost& host) {
  const std::size_t equals = std::min(argument.find('='), argument.size());
  Source source{host.command, FindUnit(argument.substr(0, equals))};
  const std::string_view path =
      source.unit != nullptr ? argument.substr(std::min(equals + 1, argument.size())) : argument;
  if (!path.empty()) source.command = {std::string(path)};
  if (source.command.empty()) {
    throw MeterObstacle(ErrorKind::kUsage, "external: no file or program is named",
                        "--meter " + std::string(kUse));
  }
  return source;
}

Answer FirstAnswer(const Source& source) {
  try {
    return ReadAnswer(source);
  } catch (const Error& error) {
    throw Error(error.kind(), "external: " + Printable(error.what(), 400));
  }
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost& host) {
  const Source source = ParseArgument(argument, host);
  const Unit& unit = *FirstAnswer(source).unit;
  CountedDomain counted{.domain = {.name = "external", .part = "machine"}};
  if (unit.energy) {
    counted.domain.resolution = Joules(unit.factor);
    counted.counter = std::make_unique<EnergyAnswers>(source);
  } else {
    counted.domain.evidence = Evidence::kIntegrated;
    counted.longest_gap = kPowerGap;
    counted.counter = std::make_unique<PowerIntegral>([source] {
      const Answer answer = ReadAnswer(source);
      if (!answer.unit->energy) return Watts(answer.value);
      throw Error(ErrorKind::kDevice, source.command[0] + " told watts, and now joules");
    });
  }
  std::vector<CountedDomain> domains;
  domains.push_back(std::move(counted));
  return std::make_unique<CounterMeter>("external", Join(source.command, " "), std::move(domains));
}

}  // namespace

const MeterType kExternal = {.name = "external",
                             .summary = "a file or program that tells joules or watts",
                             .argument = "[UNIT=]PATH",
                             .preference = {},
                             .open = Open};

}  // namespace joulecast
