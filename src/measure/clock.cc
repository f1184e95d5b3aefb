// SPDX-License-Identifier: Apache-2.0
#include "measure/clock.h"

#include <thread>

namespace joulecast {

void SteadyClock::Sleep(Seconds time) { std::this_thread::sleep_for(time); }

}  // namespace joulecast
