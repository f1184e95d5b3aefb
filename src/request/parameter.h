// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace joulecast {

/// One thing that a request may say, under one name at every door: `gco2_per_kwh` in the server's
/// query is the flag `--gco2-per-kwh`. A repeatable one is a list.
struct Parameter {
  using Target = std::variant<std::optional<std::int64_t>*, std::optional<double>*, std::string*,
                              std::vector<std::string>*, bool*>;

  std::string_view name;
  std::string_view value;  ///< what stands for its value in help: "N"
  std::string_view summary;
  Target target;                               ///< lies in the request, which outlives this
  std::vector<std::string_view> choices = {};  ///< all texts that it may be; empty: any
  std::string_view group = {};                 ///< heading in help
};

/// "--gco2-per-kwh", as messages and the command line name it.
std::string FlagOf(const Parameter& parameter);

/// Gives the parameter its value. Throws Error{kUsage} if the text is none, or it has one already.
void Set(const Parameter& parameter, std::string_view text);

/// "batch=8&shape=in=1x3": two requests that say the same have the same text. Repeated values
/// stand in order.
std::string CanonicalText(std::span<const Parameter> parameters);

}  // namespace joulecast
