// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace joulecast {

/// FNV-1a of 64 bits (Fowler, Noll, Vo): tells texts apart that are not made to be mistaken.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const char c : text) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    state_ = (state_ ^ 0xff) * 0x100000001b3;  // so that "a" "b" is not "ab"
  }

  std::string Hex() const {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[state_ >> shift & 15];
    return text;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};

}  // namespace joulecast
