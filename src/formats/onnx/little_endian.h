// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace joulecast::onnx {

static_assert(std::endian::native == std::endian::little,
              "numbers are copied as they lie in files");

/// The number that starts at the front of `bytes`, which holds enough of them, at any alignment.
template <typename Number>
Number LoadLittleEndian(std::span<const std::byte> bytes) {
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace joulecast::onnx
