// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "joulecast/layer.h"

namespace joulecast {

/// What a layer does to memory when it goes through its tensors once, front to back.
struct Stream {
  double filled_bytes = 0;   ///< cache lines brought in: what is read, and what is written first
  double written_bytes = 0;  ///< lines that go back to memory
  double fresh_bytes = 0;    ///< of an allocated output
  bool takes_turns = true;   ///< whether the output outlives its call
};

/// Terms of a stream. Types with more of them have those behind these.
inline constexpr std::array<Term, 6> kStreamTermList = {{
    {"filled_from_cache", "gb", Part::kInput},
    {"filled_from_memory", "gb", Part::kInput},
    {"written_back", "gb", Part::kOutput},
    {"fresh_pages", "gb", Part::kOutput},
    {"call", "call", Part::kOverhead},
    {"results_in_turn", "gb", Part::kOutput},
}};

enum StreamTerm : std::size_t {
  kFilledFromCache,
  kFilledFromMemory,
  kWrittenBack,
  kFreshPages,
  kStreamCall,
  kResultsInTurn,
  kStreamTerms,
};

/// A stream's terms and `more` behind them.
template <std::size_t N>
constexpr std::array<Term, kStreamTerms + N> StreamTermsAnd(const std::array<Term, N>& more) {
  std::array<Term, kStreamTerms + N> terms{};
  std::copy(more.begin(), more.end(),
            std::copy(kStreamTermList.begin(), kStreamTermList.end(), terms.begin()));
  return terms;
}

/// Writes the first kStreamTerms amounts.
void StreamAmounts(const Stream& stream, const DeviceTraits& traits, std::span<double> amounts);

/// The amounts of a type that goes once through all that its work counts, into a fresh output.
void MeasureOnePass(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts);

/// Part of so many bytes, gone through in turn, that is no longer cached when it comes again.
double ShareBeyondCache(double bytes, const DeviceTraits& traits);

/// Bytes that pass until one of `in_turn` tensors of so many bytes comes round again.
double BytesInTurn(double bytes, double in_turn, const DeviceTraits& traits);

/// Whether an allocation of so many bytes is made of fresh pages at each call.
bool IsFresh(double bytes, const DeviceTraits& traits);

/// Amounts of merely reading, for types whose terms are those of a stream.
void ReadStream(double bytes, const DeviceTraits& traits, std::span<double> amounts);

/// The relative of types that do little but move bytes: a relu that moves as many.
std::optional<LayerSpec> ReluOfEqualBytes(const LayerSpec& spec);

}  // namespace joulecast
