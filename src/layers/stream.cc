// SPDX-License-Identifier: Apache-2.0
#include "layers/stream.h"

#include <algorithm>

#include "layers/activation.h"

namespace joulecast {

double ShareBeyondCache(double bytes, const DeviceTraits& traits) {
  return bytes > 0 ? std::max(0.0, bytes - traits.last_level_cache_bytes) / bytes : 0;
}

bool IsFresh(double bytes, const DeviceTraits& traits) {
  return traits.large_buffer_bytes > 0 && bytes >= traits.large_buffer_bytes;
}

namespace {

/// Bytes that are written before the memory of a result comes round again: as many results as take
/// turns, or what fills twice the last-level cache. 0: it is written over the last one.
double BytesInTurn(const Stream& stream, const DeviceTraits& traits) {
  if (traits.results_in_turn <= 1) return 0;
  return std::max(stream.fresh_bytes, std::min(traits.results_in_turn * stream.fresh_bytes,
                                               2 * traits.last_level_cache_bytes));
}

}  // namespace

void StreamAmounts(const Stream& stream, const DeviceTraits& traits, std::span<double> amounts) {
  const double in_turn = BytesInTurn(stream, traits);
  const double beyond = ShareBeyondCache(stream.filled_bytes, traits);
  const double result_beyond = std::max(beyond, ShareBeyondCache(in_turn, traits));
  const double from_memory =
      (stream.filled_bytes - stream.fresh_bytes) * beyond + stream.fresh_bytes * result_beyond;
  amounts[kFilledFromCache] = 1e-9 * (stream.filled_bytes - from_memory);
  amounts[kFilledFromMemory] = 1e-9 * from_memory;
  amounts[kWrittenBack] = 1e-9 * stream.written_bytes * result_beyond;
  amounts[kFreshPages] = IsFresh(stream.fresh_bytes, traits) ? 1e-9 * stream.fresh_bytes : 0;
  amounts[kStreamCall] = 1;
  amounts[kResultsInTurn] =
      in_turn > traits.l2_bytes ? 1e-9 * stream.fresh_bytes * (1 - result_beyond) : 0;
}

void MeasureOnePass(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts) {
  const Work work = spec.CountWork();
  const auto out = static_cast<double>(work.output_bytes);
  StreamAmounts(
      {.filled_bytes = static_cast<double>(work.bytes()), .written_bytes = out, .fresh_bytes = out},
      traits, amounts);
}

void ReadStream(double bytes, const DeviceTraits& traits, std::span<double> amounts) {
  std::fill(amounts.begin(), amounts.end(), 0.0);
  StreamAmounts({.filled_bytes = bytes}, traits, amounts);
}

std::optional<LayerSpec> ReluOfEqualBytes(const LayerSpec& spec) {
  constexpr std::int64_t kBytesOfAnElement = 8;  // f32, read and written
  const std::int64_t elements = spec.CountWork().bytes() / kBytesOfAnElement;
  LayerSpec relu(kRelu);
  relu.Set(kActBatch, 1).Set(kActElements, std::max<std::int64_t>(1, elements));
  return relu;
}

}  // namespace joulecast
