// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/memory_state.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "backends/torch/twin.h"
#include "base/checked.h"

namespace joulecast {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;

/// The last-level cache that one processor reaches, as the kernel tells it. (sysconf tells what all
/// of a socket have together, ten times as much on some.)
std::int64_t LastLevelCache() {
  std::int64_t bytes = 0;
  for (const char* index : {"2", "3", "4"}) {
    std::ifstream file(std::string("/sys/devices/system/cpu/cpu0/cache/index") + index + "/size");
    std::int64_t number = 0;
    char unit = 0;
    if (!(file >> number >> unit)) continue;
    bytes = std::max(bytes, number * (unit == 'M' ? kMiB : 1024));
  }
  return bytes > 0 ? bytes : 32 * kMiB;  // some virtual machines do not tell
}

std::int64_t ColdSets(std::int64_t bytes, std::int64_t most) {
  if (bytes <= 0) return 1;
  return std::clamp<std::int64_t>((ColdBytes() + bytes - 1) / bytes, 1, most);
}

}  // namespace

void SettleAllocator() {
  // The largest block that still counts, with its header; volatile, for a pair of calls that does
  // nothing else may be left out.
  void* volatile block = std::malloc(32 * kMiB - 64 * 1024);
  std::free(block);
}

std::int64_t ColdBytes() {
  static const std::int64_t bytes = 2 * LastLevelCache();
  return bytes;
}

std::int64_t HeldWeightBytes(const LayerSpec& spec) {
  const Work work = spec.CountWork();
  const std::int64_t bits = std::max(8, Bits(TypeOf(spec)));
  return std::max(work.weight_bytes, CheckedProduct({work.params, bits}) / 8);
}

std::int64_t WeightSets(std::int64_t weight_bytes) {
  return ColdSets(weight_bytes, kMostWeightSets);
}

std::int64_t ResultSets(std::int64_t result_bytes) {
  return ColdSets(result_bytes, kMostResultSets);
}

}  // namespace joulecast
