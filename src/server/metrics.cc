// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace joulecast {
namespace {

std::string Head(std::string_view name, std::string_view type, std::string_view help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

}  // namespace

void Metrics::Count(std::string_view route, int status, Seconds time, std::uint64_t bytes_in,
                    std::uint64_t bytes_out) {
  ++requests_[{std::string(route), status}];
  const auto bound = std::ranges::lower_bound(kBounds, time.count());
  ++times_[static_cast<std::size_t>(bound - kBounds.begin())];
  total_time_ += time;
  bytes_in_ += bytes_in;
  bytes_out_ += bytes_out;
}

std::string Metrics::Text() const {
  std::string text =
      Head("joulecast_requests_total", "counter", "Requests answered, by route and status");
  for (const auto& [key, count] : requests_) {
    text += fmt::format("joulecast_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", key.first,
                        key.second, count);
  }
  constexpr std::string_view kTimes = "joulecast_request_seconds";
  text += Head(kTimes, "histogram", "From a request's head to the end of its answer");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    sum += times_[i];
    text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", kTimes, kBounds[i], sum);
  }
  sum += times_.back();
  text += fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", kTimes, sum,
                      total_time_.count());
  text += MetricText("joulecast_received_bytes_total", "counter", "Bytes of requests' bodies",
                     static_cast<double>(bytes_in_));
  text += MetricText("joulecast_sent_bytes_total", "counter", "Bytes of answers",
                     static_cast<double>(bytes_out_));
  text += MetricText("process_resident_memory_bytes", "gauge", "Resident memory", ResidentBytes());
  return text;
}

std::string MetricText(std::string_view name, std::string_view type, std::string_view help,
                       double value) {
  return Head(name, type, help) + fmt::format("{} {}\n", name, value);
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;  // total, resident
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace joulecast
