// SPDX-License-Identifier: Apache-2.0
#include "meters/wrap_counter.h"

#include <string>

#include "joulecast/error.h"

namespace joulecast {

std::uint64_t WrapCounter::Advance(std::uint64_t now) {
  if (now > greatest_) {
    throw Error(ErrorKind::kDevice, "the counter stands at " + std::to_string(now) +
                                        ", past its own range of " + std::to_string(greatest_));
  }
  const std::uint64_t last = last_.value_or(now);
  // From the greatest value to 0 is one step.
  total_ += now >= last ? now - last : greatest_ - last + 1 + now;
  last_ = now;
  return total_;
}

std::uint64_t RisingCounter::Advance(std::uint64_t now) {
  if (now < last_) {
    throw Error(ErrorKind::kDevice, "the counter fell from " + std::to_string(last_) + " to " +
                                        std::to_string(now) +
                                        ": it was reset, what it counted since is unknown");
  }
  return last_ = now;
}

}  // namespace joulecast
