// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/records.h"

#include <fmt/format.h>

#include <cmath>

#include "base/statistics.h"

namespace joulecast {
namespace {

constexpr double kOddPower = 0.06;

struct Repetition {
  std::string key;
  double power_w;
  std::optional<std::string> rejected;
};

std::optional<std::string> WhyOdd(double power_w, double median_w, std::size_t siblings) {
  if (siblings < 3 || std::abs(power_w - median_w) <= kOddPower * median_w) return std::nullopt;
  return "power more than 6 % off the median of its repetitions";
}

}  // namespace

std::optional<Joules> Record::energy() const {
  if (measured.energies_j.empty()) return std::nullopt;
  return Joules(Typical(measured).energy_j);
}

std::optional<Seconds> Record::time() const {
  if (measured.times_s.empty()) return std::nullopt;
  return Seconds(Typical(measured).time_s);
}

std::optional<double> Record::relative_error() const {
  return RelativeStandardError(measured.energies_j);
}

std::string KeyOf(const std::string& device, const std::string& text, std::int64_t repetition) {
  return fmt::format("{}/{}#{}", device, text, repetition);
}

std::string TextOf(const Measurement& m) {
  return m.spec.empty() ? fmt::format("{} batch={}", m.model, m.batch) : m.spec;
}

void AddTo(Record& record, const Measurement& m) {
  ++record.repetitions;
  record.reason = m.reason.value_or("");
  record.skipped = record.reason.starts_with(kSkipped);
  if (!m.energy || !m.time) return;
  record.measured.energies_j.push_back(m.energy->value() / static_cast<double>(m.passes));
  record.measured.times_s.push_back(m.time->count() / static_cast<double>(m.passes));
}

std::map<std::string, Record> ReadRecords(const Dataset& dataset, const std::string& device) {
  std::map<std::string, Record> records;
  dataset.ForEach([&](const Measurement& m) {
    // Rows of other origins (imports) have keys of their own and are no repetitions of ours.
    if (m.device != device || m.key != KeyOf(device, TextOf(m), m.repetition)) return;
    AddTo(records[TextOf(m)], m);
  });
  return records;
}

std::map<std::string, std::size_t> RejectOddPower(Dataset& dataset, const std::string& device) {
  std::map<std::string, std::vector<Repetition>> siblings;
  dataset.ForEach([&](const Measurement& m) {
    if (m.device != device || m.run.empty() || !m.energy || !m.time) return;
    siblings[TextOf(m)].push_back({m.key, (*m.energy / *m.time).value(), m.rejected_physics});
  });
  std::map<std::string, std::size_t> rejected;
  dataset.Atomically([&] {
    for (const auto& [text, repetitions] : siblings) {
      std::vector<double> powers_w;
      for (const Repetition& one : repetitions) powers_w.push_back(one.power_w);
      const double median_w = *Median(powers_w);
      for (const Repetition& one : repetitions) {
        const auto why = WhyOdd(one.power_w, median_w, repetitions.size());
        if (why) ++rejected[*why];
        if (why != one.rejected) dataset.Reject(one.key, why);
      }
    }
  });
  return rejected;
}

}  // namespace joulecast
