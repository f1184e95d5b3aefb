// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "joulecast/units.h"

namespace joulecast {

using Json = nlohmann::ordered_json;

/// null for what is absent; of a unit the bare number, since its key names the unit.
inline Json OrNull(const std::optional<Seconds>& value) {
  return value ? Json(value->count()) : Json(nullptr);
}
template <typename T>
Json OrNull(const std::optional<T>& value) {
  if (!value) return nullptr;
  if constexpr (requires { value->value(); }) {
    return value->value();
  } else {
    return *value;
  }
}

inline Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace joulecast
