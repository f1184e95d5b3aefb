// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace joulecast {
namespace {

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// Length of the valid UTF-8 sequence at the front of `text`, 0 if there is none.
std::size_t Utf8Length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  const bool continued = std::all_of(text.begin() + 1, text.begin() + static_cast<long>(length),
                                     [](unsigned char c) { return (c & 0xC0) == 0x80; });
  return continued ? length : 0;
}

}  // namespace

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> SplitBlanks(std::string_view text) {
  std::vector<std::string_view> parts;
  for (auto begin = text.begin(); begin != text.end();) {
    begin = std::find_if_not(begin, text.end(), IsBlank);
    const auto end = std::find_if(begin, text.end(), IsBlank);
    if (begin != end) parts.emplace_back(begin, end);
    begin = end;
  }
  return parts;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> ParseInt(std::string_view text) {
  return ParseWhole<std::int64_t>(text);
}

std::optional<double> ParseDouble(std::string_view text) { return ParseWhole<double>(text); }

std::string Join(std::span<const std::string> parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

std::optional<std::string> ClosestName(std::string_view word, std::span<const std::string> known) {
  std::optional<std::string> closest;
  std::size_t least = word.size() / 3 + 2;  // so that distances below it may be slips
  for (const std::string& name : known) {
    const std::size_t distance = EditDistance(word, name);
    if (distance < least) {
      least = distance;
      closest = name;
    }
  }
  return closest;
}

std::string Printable(std::string_view text, std::size_t width) {
  std::vector<std::string_view> glyphs;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool control = first < 0x20 || first == 0x7F;
    glyphs.push_back(length == 0 || control ? std::string_view("?") : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  if (glyphs.size() > width && width > 3) {
    const std::size_t head = (width - 3) / 2;
    const std::size_t tail = width - 3 - head;
    glyphs.erase(glyphs.begin() + static_cast<long>(head), glyphs.end() - static_cast<long>(tail));
    glyphs.insert(glyphs.begin() + static_cast<long>(head), "...");
  }
  std::string printable;
  for (const std::string_view glyph : glyphs) printable += glyph;
  return printable;
}

}  // namespace joulecast
