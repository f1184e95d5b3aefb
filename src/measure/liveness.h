// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "measure/clock.h"
#include "measure/window.h"

namespace joulecast {

/// Takes the energy from the domains whose counter stopped before the window's end, which two
/// edges alone cannot tell: reads on until each has moved again, for as long as it takes to be
/// sure. Only where that is soon: for counters whose tick is documented, and windows of a second
/// or more.
void RejectStopped(Meter& meter, MeterWindow& window, Clock& clock);

}  // namespace joulecast
