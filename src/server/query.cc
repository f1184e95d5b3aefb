// SPDX-License-Identifier: Apache-2.0
#include "server/query.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(std::string_view what, std::string_view text, const std::string& why) {
  throw Error(ErrorKind::kUsage, std::string(what) + " '" + Printable(text, 60) + "': " + why);
}

/// The byte that two hexadecimal digits write.
char Unescape(std::string_view digits, std::string_view what, std::string_view text) {
  unsigned char byte = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, byte, 16);
  if (digits.size() != 2 || error != std::errc() || rest != end) {
    Fail(what, text, "'%" + Printable(digits, 10) + "' is no escape; write '%25' for '%'");
  }
  return static_cast<char>(byte);
}

const Parameter& FindParameter(std::string_view name, std::span<const Parameter> parameters) {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  if (found != parameters.end()) return *found;
  std::vector<std::string> known;
  for (const Parameter& parameter : parameters) known.emplace_back(parameter.name);
  const auto closest = ClosestName(name, known);
  Fail("parameter", name,
       closest         ? "there is none of that name; did you mean '" + *closest + "'?"
       : known.empty() ? "nothing can be asked here"
                       : "there is none of that name; known: " + Join(known, ", "));
}

}  // namespace

std::string DecodePercent(std::string_view text, std::string_view what) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    decoded += Unescape(text.substr(i + 1, 2), what, text);
    i += 2;
  }
  if (Printable(decoded, SIZE_MAX) != decoded) Fail(what, text, "this is not printable UTF-8");
  return decoded;
}

void ReadQuery(std::string_view query, std::span<const Parameter> parameters) {
  for (const std::string_view part : Split(query, '&')) {
    if (part.empty()) continue;
    std::string pair(part);
    std::ranges::replace(pair, '+', ' ');
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = std::string_view(pair).substr(std::min(equals + 1, pair.size()));
    const Parameter& parameter = FindParameter(
        DecodePercent(std::string_view(pair).substr(0, equals), "parameter"), parameters);
    Set(parameter, DecodePercent(value, parameter.name));
  }
}

}  // namespace joulecast
