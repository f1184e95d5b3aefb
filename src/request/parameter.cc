// SPDX-License-Identifier: Apache-2.0
#include "request/parameter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const Parameter& parameter, std::string_view text, const std::string& why) {
  throw Error(ErrorKind::kUsage, FlagOf(parameter) + " " + Printable(text, 60) + ": " + why);
}

void Assign(const Parameter& parameter, std::optional<std::int64_t>& target,
            std::string_view text) {
  if (target) Fail(parameter, text, "it is given twice");
  target = ParseInt(text);
  if (!target) Fail(parameter, text, "this is no whole number");
}

void Assign(const Parameter& parameter, std::optional<double>& target, std::string_view text) {
  if (target) Fail(parameter, text, "it is given twice");
  target = ParseDouble(text);
  if (!target || !std::isfinite(*target)) Fail(parameter, text, "this is no number");
}

void Assign(const Parameter& parameter, std::string& target, std::string_view text) {
  if (!target.empty()) Fail(parameter, text, "it is given twice");
  const auto& choices = parameter.choices;
  if (!choices.empty() && std::ranges::find(choices, text) == choices.end()) {
    const std::vector<std::string> known(choices.begin(), choices.end());
    Fail(parameter, text, "it may be " + Join(known, ", "));
  }
  target = text;
}

void Assign(const Parameter&, std::vector<std::string>& target, std::string_view text) {
  target.emplace_back(text);
}

void Assign(const Parameter& parameter, bool& target, std::string_view text) {
  if (target) Fail(parameter, text, "it is given twice");
  if (text != "true" && text != "false") Fail(parameter, text, "it may be true or false");
  target = text == "true";
}

/// The values of a parameter as text.
struct Texts {
  std::vector<std::string> operator()(const std::optional<std::int64_t>* number) const {
    return *number ? std::vector{fmt::to_string(**number)} : std::vector<std::string>();
  }
  std::vector<std::string> operator()(const std::optional<double>* number) const {
    return *number ? std::vector{fmt::to_string(**number)} : std::vector<std::string>();
  }
  std::vector<std::string> operator()(const std::string* text) const {
    return text->empty() ? std::vector<std::string>() : std::vector{*text};
  }
  std::vector<std::string> operator()(const bool* flag) const {
    return *flag ? std::vector<std::string>{"true"} : std::vector<std::string>();
  }
  std::vector<std::string> operator()(const std::vector<std::string>* texts) const {
    std::vector<std::string> sorted = *texts;
    std::ranges::sort(sorted);
    return sorted;
  }
};

}  // namespace

std::string FlagOf(const Parameter& parameter) {
  std::string flag = "--" + std::string(parameter.name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

void Set(const Parameter& parameter, std::string_view text) {
  std::visit([&](auto* target) { Assign(parameter, *target, text); }, parameter.target);
}

std::string CanonicalText(std::span<const Parameter> parameters) {
  std::string canonical;
  for (const Parameter& parameter : parameters) {
    for (const std::string& text : std::visit(Texts(), parameter.target)) {
      canonical += (canonical.empty() ? "" : "&") + std::string(parameter.name) + "=" + text;
    }
  }
  return canonical;
}

}  // namespace joulecast
