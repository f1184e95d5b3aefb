// SPDX-License-Identifier: Apache-2.0
// What else counts: GPUs of AMD and Intel, AMD's sockets, boards and power supplies with sensors.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/file_reader.h"
#include "meters/hwmon_sensors.h"
#include "meters/meter_obstacle.h"
#include "meters/wrap_counter.h"

namespace joulecast {
namespace {

// Most chips average over some ten milliseconds.
constexpr Seconds kPowerGap(0.05);

class EnergySensor final : public Counter {
 public:
  explicit EnergySensor(const std::filesystem::path& file) : file_(file) {}

  void Read(TimePoint, DomainReading& into) override {
    into.raw = file_.ReadUnsigned();
    try {
      into.total = Joules(static_cast<double>(counter_.Advance(*into.raw)) * 1e-6);
    } catch (const Error& error) {
      throw Error(ErrorKind::kDevice, file_.path() + ": " + error.what());
    }
  }

 private:
  FileReader file_;
  RisingCounter counter_;
};

std::unique_ptr<Counter> CountPower(const std::filesystem::path& path) {
  const auto file = std::make_shared<FileReader>(path);  // shared: std::function copies
  file->ReadUnsigned();                                  // or throws
  return std::make_unique<PowerIntegral>(
      [file] { return Watts(static_cast<double>(file->ReadUnsigned()) * 1e-6); });
}

CountedDomain Count(const HwmonSensor& sensor) {
  CountedDomain counted{sensor.domain, nullptr, {}};
  try {
    if (sensor.domain.evidence == Evidence::kIntegrated) {
      counted.counter = CountPower(sensor.file);
      counted.longest_gap = kPowerGap;
    } else {
      auto counter = std::make_unique<EnergySensor>(sensor.file);
      DomainReading first;
      counter->Read({}, first);
      counted.counter = std::move(counter);
    }
  } catch (const Error& error) {
    counted.failure = error.what();
  }
  return counted;
}

std::string Describe(const std::vector<HwmonSensor>& sensors) {
  std::vector<std::string> names;
  for (const HwmonSensor& sensor : sensors) {
    names.push_back(sensor.chip + " " + sensor.file.filename().string());
  }
  return "hwmon: " + Join(names, ", ");
}

/// Without a chip's name, those sensors of which it is known what they count.
std::vector<HwmonSensor> Choose(std::vector<HwmonSensor> sensors, std::string_view chip) {
  std::erase_if(sensors, [&](const HwmonSensor& sensor) {
    if (chip.empty()) return !sensor.known;
    return sensor.chip != chip && sensor.file.parent_path().filename() != chip;
  });
  return sensors;
}

[[noreturn]] void FailWithoutSensors(const std::string& tree, std::string_view chip,
                                     const std::vector<HwmonSensor>& others) {
  const std::string named = chip.empty() ? "" : " '" + Printable(chip, 80) + "'";
  const std::string why = "hwmon: no chip" + named + " in " + tree + " counts energy or power";
  if (others.empty()) {
    throw MeterObstacle(ErrorKind::kDevice, why,
                        "load the driver of one that does (amdgpu, xe), or choose another meter");
  }
  throw MeterObstacle(ErrorKind::kDevice, why + (chip.empty() ? " of a part that is known" : ""),
                      "if you know what it feeds, take --meter hwmon:" + others.front().chip);
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost& host) {
  const std::string tree = (host.root / "sys/class/hwmon").string();
  const std::vector<HwmonSensor> all = FindHwmonSensors(host.root);
  const std::vector<HwmonSensor> sensors = Choose(all, argument);
  if (sensors.empty()) FailWithoutSensors(tree, argument, all);
  std::vector<CountedDomain> domains;
  for (const HwmonSensor& sensor : sensors) domains.push_back(Count(sensor));
  const auto works = [](const CountedDomain& domain) { return domain.counter != nullptr; };
  if (std::none_of(domains.begin(), domains.end(), works)) {
    throw MeterObstacle(ErrorKind::kPermission, "hwmon: " + domains.front().failure,
                        "let users read it: sudo chmod a+r " + tree + "/hwmon*/energy*_input");
  }
  return std::make_unique<CounterMeter>("hwmon", Describe(sensors), std::move(domains));
}

}  // namespace

const MeterType kHwmon = {.name = "hwmon",
                          .summary = "GPUs of AMD and Intel, boards and supplies with sensors",
                          .argument = "chip, amdgpu or hwmon3",
                          .preference = 40,
                          .open = Open};

}  // namespace joulecast
