// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "fit/layer_fit.h"
#include "fit/observation.h"

namespace joulecast {

/// Half-width (90 %, a log-ratio) of what all layers share from session to session: the spread of
/// sessions' mean held-out errors, type by type. 0 where no type has two sessions.
double DriftBetweenSessions(std::span<const LayerFit> fits);

/// The same from one stretch of a session to the next, by the repetitions that each was made of:
/// what a session of its own can tell of the machine's other hours. Repetitions of a configuration
/// that were made one after another tell nothing. 0 where no session has two stretches.
double DriftWithinSessions(std::span<const Observation> rows);

}  // namespace joulecast
