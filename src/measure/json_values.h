// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
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

}  // namespace joulecast
