// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joulecast {
namespace {

using testing::HasSubstr;

TEST(MetricsTest, CountsByRouteAndStatus) {
  Metrics metrics;
  metrics.Count("/healthz", 200, Seconds(0.0005), 0, 100);
  metrics.Count("/healthz", 200, Seconds(0.25), 7, 100);
  metrics.Count("other", 404, Seconds(100), 0, 50);
  const std::string text = metrics.Text();
  for (const char* line :
       {"joulecast_requests_total{route=\"/healthz\",status=\"200\"} 2\n",
        "joulecast_requests_total{route=\"other\",status=\"404\"} 1\n",
        "joulecast_request_seconds_bucket{le=\"0.0001\"} 0\n",
        "joulecast_request_seconds_bucket{le=\"0.001\"} 1\n",
        "joulecast_request_seconds_bucket{le=\"0.5\"} 2\n",
        "joulecast_request_seconds_bucket{le=\"10\"} 2\n",
        "joulecast_request_seconds_bucket{le=\"+Inf\"} 3\n",
        "joulecast_request_seconds_sum 100.2505\n", "joulecast_request_seconds_count 3\n",
        "joulecast_received_bytes_total 7\n", "joulecast_sent_bytes_total 250\n",
        "# TYPE joulecast_request_seconds histogram\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, KnowsTheProcessMemory) {
  EXPECT_GT(ResidentBytes(), 1e6);
  EXPECT_LT(ResidentBytes(), 1e12);
}

}  // namespace
}  // namespace joulecast
