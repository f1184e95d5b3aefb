// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/layer.h"
#include "joulecast/profile.h"
#include "joulecast/score.h"

namespace joulecast::fuzz {

/// The default device's profile, read once.
const Profile& ShippedProfile();

/// More nodes are not wrong, only slow with sanitizers, which take fifteen times as long: functions
/// that call functions make 50,000 out of a few hundred bytes, and a language model of 120 blocks,
/// read for both its passes, needs 0.08 seconds without them.
inline constexpr std::size_t kMostNodes = 1000;

/// Forecasts and explains one layer; checks that what comes out are joules.
void EstimateLayer(const LayerSpec& spec);

/// Resolves, forecasts and prints a model in every format; checks that sums are sums, that JSON is
/// JSON, and that nothing is lost on the way. Throws what `Resolve` throws.
/// Graphs of more than `kMostNodes` are left alone.
void EstimateGraph(const Graph& graph, const InputBinding& binding);

/// Prints a scoreboard in every format; checks that its JSON is read as the same scoreboard.
void CheckScoreboard(const Scoreboard& board);

}  // namespace joulecast::fuzz
