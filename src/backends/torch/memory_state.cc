// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/memory_state.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace joulecast {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr std::int64_t kMostSets = 64;

}  // namespace

void SettleAllocator() {
  // The largest block that still counts, with its header; volatile, for a pair of calls that does
  // nothing else may be left out.
  void* volatile block = std::malloc(32 * kMiB - 64 * 1024);
  std::free(block);
}

std::int64_t ColdBytes() {
  const std::int64_t cache =
      std::max<std::int64_t>(::sysconf(_SC_LEVEL3_CACHE_SIZE), ::sysconf(_SC_LEVEL2_CACHE_SIZE));
  return 2 * (cache > 0 ? cache : 32 * kMiB);  // some virtual machines do not tell
}

std::int64_t WeightSets(std::int64_t weight_bytes) {
  if (weight_bytes <= 0) return 1;
  return std::clamp<std::int64_t>((ColdBytes() + weight_bytes - 1) / weight_bytes, 1, kMostSets);
}

}  // namespace joulecast
