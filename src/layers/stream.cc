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

double BytesInTurn(double bytes, double in_turn, const DeviceTraits& traits) {
  const double all = in_turn * bytes;
  if (traits.in_turn_bytes <= 0) return all;
  return std::max(bytes, std::min(all, traits.in_turn_bytes));
}

void StreamAmounts(const Stream& stream, const DeviceTraits& traits, std::span<double> amounts) {
  const double operands = stream.filled_bytes - stream.fresh_bytes;
  const double in_turn =
      BytesInTurn(stream.fresh_bytes, stream.takes_turns ? traits.results_in_turn : 1, traits);
  const double beyond = ShareBeyondCache(stream.filled_bytes, traits);
  // Operands come again at each call, between two results.
  const double result_beyond = ShareBeyondCache(operands + in_turn, traits);
  const double from_memory = operands * beyond + stream.fresh_bytes * result_beyond;
  amounts[kFilledFromCache] = 1e-9 * (stream.filled_bytes - from_memory);
  amounts[kFilledFromMemory] = 1e-9 * from_memory;
  amounts[kWrittenBack] = 1e-9 * stream.written_bytes * result_beyond;
  amounts[kFreshPages] = IsFresh(stream.fresh_bytes, traits) ? 1e-9 * stream.fresh_bytes : 0;
  amounts[kStreamCall] = 1;
  const bool is_far = in_turn > stream.fresh_bytes && in_turn > traits.l2_bytes;
  amounts[kResultsInTurn] = is_far ? 1e-9 * stream.fresh_bytes * (1 - result_beyond) : 0;
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
