// SPDX-License-Identifier: Apache-2.0
#include "score/expression.h"

#include <algorithm>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Deeper parentheses are no width of anything, and would use up the stack.
constexpr int kDeepest = 50;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsOfWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// By recursive descent: sum -> product -> factor.
class Evaluator {
 public:
  Evaluator(std::string_view text, const NameLookup& lookup) : text_(text), lookup_(lookup) {}

  std::int64_t Run() {
    const std::int64_t result = Sum();
    if (Peek() != '\0') Fail("'" + Printable(text_.substr(at_), 20) + "' was not expected");
    return result;
  }

 private:
  [[noreturn]] void Fail(const std::string& why) const {
    throw Error(ErrorKind::kInput, "{" + Printable(text_, 60) + "}: " + why);
  }

  /// The next character that is no blank; 0 at the end.
  char Peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }

  std::int64_t Sum() {
    std::int64_t result = Product();
    while (true) {
      if (Take('+')) {
        if (__builtin_add_overflow(result, Product(), &result)) Fail("the number is too large");
      } else if (Take('-')) {
        if (__builtin_sub_overflow(result, Product(), &result)) Fail("the number is too large");
      } else {
        return result;
      }
    }
  }

  std::int64_t Product() {
    std::int64_t result = Factor();
    while (true) {
      if (Take('*')) {
        if (__builtin_mul_overflow(result, Factor(), &result)) Fail("the number is too large");
      } else if (Take('/')) {
        result = Divide(result, Factor());
      } else {
        return result;
      }
    }
  }

  /// Rounded down, so that (k - 1) / 2 is what people mean for k = 0, too.
  std::int64_t Divide(std::int64_t a, std::int64_t b) const {
    if (b == 0) Fail("a division by zero");
    if (b == -1) return Negative(a);  // of the least number there is no positive one
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  }

  std::int64_t Negative(std::int64_t number) const {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, number, &result)) Fail("the number is too large");
    return result;
  }

  std::int64_t Factor() {
    if (++depth_ > kDeepest) Fail("it is nested too deeply");
    const std::int64_t result = Take('-') ? Negative(Factor()) : Take('(') ? Inner() : Word();
    --depth_;
    return result;
  }

  std::int64_t Inner() {
    const std::int64_t result = Sum();
    if (!Take(')')) Fail("a ')' is missing");
    return result;
  }

  std::int64_t Word() {
    Peek();
    const std::size_t first = at_;
    while (at_ < text_.size() && IsOfWord(text_[at_])) ++at_;
    const std::string_view word = text_.substr(first, at_ - first);
    if (word.empty()) Fail("a name or a number is missing");
    if (!IsDigit(word[0])) return lookup_(word);
    const auto number = ParseInt(word);
    if (!number) Fail("'" + Printable(word, 40) + "' is no number");
    return *number;
  }

  std::string_view text_;
  const NameLookup& lookup_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::int64_t Evaluate(std::string_view expression, const NameLookup& lookup) {
  return Evaluator(expression, lookup).Run();
}

std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> names;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '{' || text[at] == '}') inside = text[at] == '{';
    std::size_t end = at;
    while (end < text.size() && IsOfWord(text[end])) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    std::string word(text.substr(at, end - at));
    at = end;
    if (!inside || IsDigit(word[0])) continue;
    if (std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
  }
  return names;
}

std::string Fill(std::string_view text, const NameLookup& lookup) {
  std::string filled;
  while (true) {
    const std::size_t open = text.find_first_of("{}");
    filled += text.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) {
      throw Error(ErrorKind::kInput, "'" + Printable(text, 60) + "': a brace has no partner");
    }
    filled += std::to_string(Evaluate(text.substr(open + 1, close - open - 1), lookup));
    text.remove_prefix(close + 1);
  }
}

}  // namespace joulecast
