// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "joulecast/units.h"

namespace joulecast {

/// What a server has done since it started. For one thread.
class Metrics {
 public:
  /// One request, of a route or of none that is known.
  void Count(std::string_view route, int status, Seconds time, std::uint64_t bytes_in,
             std::uint64_t bytes_out);

  /// Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats), version
  /// 0.0.4, of all this.
  std::string Text() const;

 private:
  /// Upper bounds of the histogram's buckets, in seconds.
  static constexpr std::array kBounds = {0.0001, 0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0};

  std::map<std::pair<std::string, int>, std::uint64_t> requests_;  ///< by route and status
  std::array<std::uint64_t, kBounds.size() + 1> times_{};          ///< the last: longer than all
  Seconds total_time_{0};
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

/// One metric in that format: help, type and value.
std::string MetricText(std::string_view name, std::string_view type, std::string_view help,
                       double value);

/// Memory of this process that is in RAM.
double ResidentBytes();

}  // namespace joulecast
