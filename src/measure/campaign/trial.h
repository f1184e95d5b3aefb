// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backends/backend.h"
#include "measure/campaign/plan.h"
#include "measure/protocol.h"
#include "measure/session.h"

namespace joulecast {

/// One repetition of one item.
struct Trial {
  std::string skipped;          ///< why it was not tried; empty if it was
  std::string failure;          ///< why there is no energy; empty if there is
  std::vector<Repeat> windows;  ///< the last one is the repetition, those before did not count

  const Repeat* repeat() const { return windows.empty() ? nullptr : &windows.back(); }
};

/// Loads the item, warms it up, measures a window of it and lets go of its memory.
Trial TryItem(const Item& item, const Backend& backend, Session& session, const SumPlan& plan,
              Seconds window_length, const std::function<Conditions()>& conditions);

/// What counters said at both edges of a window, as JSON: a list with an entry for each domain.
std::string ReadingsJson(MeterSet meters, const MeasuredWindow& window);

}  // namespace joulecast
