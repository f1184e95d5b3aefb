// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// The number of a name in an expression. Throws Error{kInput} for names that it does not know.
using NameLookup = std::function<std::int64_t(std::string_view name)>;

/// A whole-number expression: names, numbers, + - * / and parentheses. Division rounds down.
/// Throws Error{kInput} saying what is wrong, a division by zero and an overflow included.
std::int64_t Evaluate(std::string_view expression, const NameLookup& lookup);

/// The names in the braces of a text, each once.
std::vector<std::string> NamesIn(std::string_view text);

/// A text with the number of each expression in the place of its braces: "in={2*w}" -> "in=64".
std::string Fill(std::string_view text, const NameLookup& lookup);

}  // namespace joulecast
