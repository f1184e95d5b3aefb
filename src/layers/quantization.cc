// SPDX-License-Identifier: Apache-2.0
#include "layers/quantization.h"

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {

Shape QuantizationShape(const LayerSpec& s) { return {s[kQuantElements]}; }

void CheckQuantization(const LayerSpec& s) {
  constexpr std::int64_t kMostBits = 64;
  if (s[kQuantBits] > kMostBits) {
    throw Error(ErrorKind::kInput, std::string(s.type().name) + ": bits=" +
                                       std::to_string(s[kQuantBits]) + " is outside 1..64");
  }
}

std::int64_t FloatBytes(const LayerSpec& s) { return BytesOf(s[kQuantElements], s[kQuantType]); }

std::int64_t QuantizedBytes(const LayerSpec& s) {
  return (CheckedProduct({s[kQuantElements], s[kQuantBits]}) + 7) / 8;
}

}  // namespace joulecast
