// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "fit/layer_fit.h"
#include "fit/observation.h"

namespace joulecast {

/// Half-width (90 %, a log-ratio) of what all layers share from session to session: the spread of
/// sessions' mean held-out errors, type by type. Nullopt where no type has two sessions.
std::optional<double> DriftBetweenSessions(std::span<const LayerFit> fits);

/// The same from one stretch of a session to the next, 50 repetitions long: by how much the machine
/// changed meanwhile, for all configurations alike. Nullopt where too few stretches tell: those in
/// which repetitions of one configuration follow one another tell nothing.
std::optional<double> DriftWithinSessions(std::span<const Observation> rows);

}  // namespace joulecast
