// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <array>
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

/// One character at the front of a text.
struct Glyph {
  std::string_view bytes;
  char32_t code = 0;
};

/// The character at the front of `text`; nullopt if that is not valid UTF-8 (RFC 3629: no longer
/// than needed, no surrogates, none past U+10FFFF).
std::optional<Glyph> FirstGlyph(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return Glyph{text.substr(0, 1), first};
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 0 || length > text.size()) return std::nullopt;
  char32_t code = first & (0x7FU >> length);
  for (const char next : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(next);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (byte & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeastOfLength = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeastOfLength[length] || surrogate || code > 0x10FFFF) return std::nullopt;
  return Glyph{text.substr(0, length), code};
}

constexpr bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// Columns of a terminal that a character takes: 2 in the ranges that the C++ standard's own
/// formatting counts so ([format.string.std]).
std::size_t ColumnsOf(char32_t code) {
  struct Range {
    char32_t first, last;
  };
  constexpr std::array<Range, 12> kWide = {{{0x1100, 0x115F},
                                            {0x2329, 0x232A},
                                            {0x2E80, 0x303E},
                                            {0x3040, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE10, 0xFE19},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0xFFE0, 0xFFE6},
                                            {0x1F300, 0x1F64F},
                                            {0x1F900, 0x1F9FF}}};
  const bool wide = (code >= 0x20000 && code <= 0x3FFFD) ||
                    std::any_of(kWide.begin(), kWide.end(), [&](const Range& range) {
                      return code >= range.first && code <= range.last;
                    });
  return wide ? 2 : 1;
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
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += separator;
    joined += parts[i];
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
  std::vector<Glyph> glyphs;
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::optional<Glyph> glyph = FirstGlyph(text);
    text.remove_prefix(glyph ? glyph->bytes.size() : 1);
    glyphs.push_back(glyph && !IsControl(glyph->code) ? *glyph : Glyph{"?", U'?'});
    columns += ColumnsOf(glyphs.back().code);
  }
  std::string printable;
  const auto append = [&](const Glyph& glyph) { printable += glyph.bytes; };
  if (columns <= width || width <= 3) {
    std::for_each(glyphs.begin(), glyphs.end(), append);
    return printable;
  }
  const auto fitting = [](auto begin, auto end, std::size_t room) {
    for (; begin != end && ColumnsOf(begin->code) <= room; ++begin) {
      room -= ColumnsOf(begin->code);
    }
    return begin;
  };
  const std::size_t head = (width - 3) / 2;
  std::for_each(glyphs.begin(), fitting(glyphs.begin(), glyphs.end(), head), append);
  printable += "...";
  const auto tail = fitting(glyphs.rbegin(), glyphs.rend(), width - 3 - head).base();
  std::for_each(tail, glyphs.end(), append);
  return printable;
}

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace joulecast
