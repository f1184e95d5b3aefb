// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "joulecast/units.h"

namespace joulecast {

/// null for what is absent; of a unit the bare number, since its key names the unit.
template <typename Json, typename T>
Json OrNull(const std::optional<T>& value) {
  if (!value) return nullptr;
  if constexpr (std::is_same_v<T, Seconds>) {
    return value->count();
  } else if constexpr (requires { value->value(); }) {
    return value->value();
  } else {
    return *value;
  }
}

template <typename Json>
Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

/// Throws std::exception saying why if the text is no JSON, or is nested more deeply than anybody
/// writes: what walks it from part to part would run out of stack.
template <typename Json>
Json ParseJson(std::string_view text) {
  return Json::parse(text, [](int depth, typename Json::parse_event_t, Json&) {
    constexpr int kDeepest = 64;
    if (depth > kDeepest) throw std::length_error("it is nested too deeply");
    return true;
  });
}

/// How every command prints JSON: names in files are not always UTF-8, and what is not is replaced.
template <typename Json>
std::string DumpJson(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace joulecast
