// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// Parts between separators; empty parts are kept, and an empty text has one empty part.
std::vector<std::string_view> Split(std::string_view text, char separator);

/// Parts between runs of blanks, none of them empty.
std::vector<std::string_view> SplitBlanks(std::string_view text);

std::string_view Trim(std::string_view text);

/// The whole text as a number, or nullopt: no leading blanks, no trailing letters, no overflow.
std::optional<std::int64_t> ParseInt(std::string_view text);
std::optional<double> ParseDouble(std::string_view text);

std::string Join(std::span<const std::string> parts, std::string_view separator);

/// The known name most like `word`, if one is near enough to be a typing slip.
std::optional<std::string> ClosestName(std::string_view word, std::span<const std::string> known);

/// Text fit for one line of a terminal: control characters and invalid UTF-8 become '?',
/// and what exceeds `width` columns is cut in its middle by "...".
std::string Printable(std::string_view text, std::size_t width = 200);

/// A field of a CSV file by RFC 4180: quoted where it holds a comma, a quote or a line break.
std::string CsvField(std::string_view text);

}  // namespace joulecast
