// SPDX-License-Identifier: Apache-2.0
#include "base/vlq.h"

#include <array>

namespace joulecast {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr unsigned kBitsPerDigit = 5;
constexpr unsigned kMore = 1U << kBitsPerDigit;  // another digit follows
constexpr unsigned kNoDigit = 64;
constexpr unsigned kMostBits = 60;

constexpr std::array<std::uint8_t, 256> ValuesOfDigits() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> kValues = ValuesOfDigits();

}  // namespace

void AppendVlq(std::int64_t number, std::string& text) {
  const bool is_negative = number < 0;
  const auto magnitude = static_cast<std::uint64_t>(is_negative ? -number : number);
  std::uint64_t rest = magnitude << 1 | (is_negative ? 1 : 0);
  do {
    const std::uint64_t digit = rest % kMore;
    rest /= kMore;
    text += kDigits[digit | (rest > 0 ? kMore : 0)];
  } while (rest > 0);
}

std::optional<std::int64_t> TakeVlq(std::string_view& text) {
  std::uint64_t number = 0;
  unsigned shift = 0;
  for (const char* digit = text.data(); digit != text.data() + text.size(); ++digit) {
    const std::uint64_t value = kValues[static_cast<unsigned char>(*digit)];
    if (value == kNoDigit || shift == kMostBits) return std::nullopt;
    number |= value % kMore << shift;
    shift += kBitsPerDigit;
    if (value >= kMore) continue;
    text.remove_prefix(static_cast<std::size_t>(digit + 1 - text.data()));
    const auto magnitude = static_cast<std::int64_t>(number >> 1);
    return (number & 1) != 0 ? -magnitude : magnitude;
  }
  return std::nullopt;
}

}  // namespace joulecast
