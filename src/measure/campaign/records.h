// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/dataset.h"
#include "dataset/repetitions.h"
#include "joulecast/units.h"

namespace joulecast {

/// Begins the reason of a configuration that cannot run here and was not tried.
inline constexpr std::string_view kSkipped = "skipped: ";

/// What is stored of one configuration, over its repetitions.
struct Record {
  std::int64_t repetitions = 0;  ///< stored, whatever became of them
  Repetitions measured;          ///< those with an energy
  std::string reason;            ///< why the latest one has no energy; empty if it has one
  bool skipped = false;          ///< it cannot run here: no use in trying again

  /// What those that count tell; nullopt of none.
  std::optional<Joules> energy() const;
  std::optional<Seconds> time() const;
  /// Standard error of the mean energy of those over the mean; nullopt of fewer than two.
  std::optional<double> relative_error() const;
};

/// Key of a repetition: the same on every run, so that it is never stored twice.
std::string KeyOf(const std::string& device, const std::string& text, std::int64_t repetition);

/// What a dataset holds of one device, by the text of what was measured (Item::Text). A repetition
/// without an energy counts: its reason is known, and the next one has another number.
std::map<std::string, Record> ReadRecords(const Dataset& dataset, const std::string& device);

/// The text that Item::Text gave when this was measured.
std::string TextOf(const Measurement& measurement);

void AddTo(Record& record, const Measurement& measurement);

/// Marks repetitions whose power is more than 6 % off the median of their siblings': something else
/// ran, or did not. Times are no ground for it: they differ honestly. Needs three siblings, since
/// of two nobody knows which one is wrong. Gives the number of repetitions marked now, by reason.
std::map<std::string, std::size_t> RejectOddPower(Dataset& dataset, const std::string& device);

}  // namespace joulecast
