// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

/// For tests: a layer's amounts by the names of their terms.
using Amounts = std::map<std::string_view, double>;

inline Amounts AmountsOf(const std::string& text, const DeviceTraits& traits) {
  const LayerSpec spec = LayerSpec::Parse(text);
  std::vector<double> values(spec.type().terms.size(), -1);  // each has to be written
  spec.type().amounts(spec, traits, values);
  Amounts amounts;
  for (std::size_t i = 0; i < values.size(); ++i) amounts[spec.type().terms[i].name] = values[i];
  return amounts;
}

}  // namespace joulecast
