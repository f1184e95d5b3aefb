// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "fit/layer_fit.h"
#include "fit/observation.h"

namespace joulecast {

/// Half-width (90 %, a log-ratio) of what all layers share from session to session: the spread of
/// sessions' mean held-out errors, type by type. 0 where no type has two sessions.
double DriftBetweenSessions(std::span<const LayerFit> fits);

/// The same from one stretch of a session to the next, 50 repetitions long: by how much the machine
/// changed meanwhile, for all configurations alike. Where repetitions of a configuration were made
/// one after another they tell nothing. 0 where there are too few stretches to know.
double DriftWithinSessions(std::span<const Observation> rows);

}  // namespace joulecast
