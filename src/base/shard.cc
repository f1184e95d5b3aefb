// SPDX-License-Identifier: Apache-2.0
#include "base/shard.h"

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {

Shard Shard::Parse(const std::string& text) {
  const auto parts = Split(text, '/');
  const auto index = ParseInt(parts[0]);
  const auto count = parts.size() == 2 ? ParseInt(parts[1]) : std::nullopt;
  if (index && count && *index >= 1 && *index <= *count) return {*index, *count};
  throw Error(ErrorKind::kUsage,
              "--shard " + Printable(text, 40) + ": write I/N with I from 1 to N, such as 2/8");
}

}  // namespace joulecast
