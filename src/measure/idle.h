// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "measure/session.h"

namespace joulecast {

/// Windows in which nothing of ours ran, around what was measured.
struct Baseline {
  std::optional<MeasuredWindow> before;
  std::optional<MeasuredWindow> after;
};

/// What a domain draws at rest, or why that is unknown.
struct IdlePower {
  std::optional<Watts> power;
  std::string basis;   ///< where it is from: "idle before and after", "the model's idle power"
  std::string reason;  ///< why there is none
};

/// Waits for a time, and may return early (an interrupt).
using Wait = std::function<void(Seconds)>;

/// One idle window, which `wait` lasts. A guard thread reads what must be read in between.
MeasuredWindow MeasureIdle(Session& session, Seconds time, const Wait& wait);

/// The mean of the powers before and after, of those that are known. A modelled domain without
/// idle windows has its model's own.
IdlePower IdlePowerOf(const Domain& domain, std::size_t meter, std::size_t index,
                      const Baseline& baseline);

/// The rest of the gross energy. It may be negative: then the machine was less at rest around the
/// window than in it.
std::optional<Joules> NetEnergy(std::optional<Joules> gross, const IdlePower& idle,
                                Seconds duration);

}  // namespace joulecast
