// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "dataset/dataset.h"
#include "joulecast/meter.h"
#include "measure/campaign/additivity.h"
#include "measure/campaign/plan.h"
#include "measure/conditions.h"
#include "measure/window.h"

namespace joulecast {

class Clock;

/// What a campaign measures with; all of it is borrowed.
struct Bench {
  const Backend& backend;
  MeterSet meters;
  Clock& clock;
  std::function<Conditions()> conditions;
};

/// One configuration and what it took per call.
struct MeasuredLayer {
  LayerSpec spec;
  Joules energy;
  Seconds time;
};

/// Chooses what to measure next where a campaign leaves that open ("uncertain"): indices of at most
/// `count` candidates, given what was measured of their type so far.
using Choose = std::function<std::vector<std::size_t>(std::span<const MeasuredLayer> measured,
                                                      std::span<const LayerSpec> candidates,
                                                      std::size_t count)>;

/// How far a campaign is.
struct CampaignProgress {
  std::size_t done = 0;      ///< repetitions stored in this go
  std::size_t expected = 0;  ///< of those to come, with what is known of their scatter
  Seconds elapsed{0};
  std::optional<Seconds> left;  ///< nullopt before the first repetition
  Joules spent;
  std::string item;  ///< what is measured now
};

struct CollectHooks {
  Choose choose;
  std::function<bool()> stop = [] { return false; };  ///< asked before each repetition
  std::function<void(const CampaignProgress&)> progress = [](const CampaignProgress&) {};
};

/// Which machine and which go the rows belong to.
struct Identity {
  Device device;
  CampaignRun run;  ///< its facts are completed with the power at rest
};

/// What a go of a campaign did.
struct CollectReport {
  Evidence evidence = Evidence::kMeasured;      ///< of every energy
  std::size_t planned = 0;                      ///< configurations of this shard
  std::size_t found = 0;                        ///< repetitions that were stored before
  std::size_t added = 0;                        ///< repetitions stored now
  std::size_t settled = 0;                      ///< configurations as precise as was asked for
  std::size_t scattered = 0;                    ///< measured as often as allowed, and less precise
  std::size_t unfinished = 0;                   ///< to be measured by another go
  std::map<std::string, std::size_t> skipped;   ///< configurations by reason
  std::map<std::string, std::size_t> rejected;  ///< windows by reason
  std::optional<double>
      noise_energy_percent;  ///< median deviation between repetitions, of the mean
  std::optional<double> noise_time_percent;
  std::vector<Additivity> additivity;  ///< of networks whose layers were measured alone too
  std::optional<Watts> idle_before;
  std::optional<Watts> idle_after;
  Joules spent;
  Seconds elapsed{0};
  std::string ended_by;  ///< "stopped" or "out of time"; empty if all is done
};

/// Measures what the dataset lacks of a plan, storing each repetition when it is done, so that any
/// end leaves all that was measured, and going on means calling it again. Repetitions are
/// interleaved: all configurations once, then those that are not precise enough again.
/// Throws Error{kUsage} if the dataset knows the device by other facts; Error{kDevice,
/// kPermission} if rows can no longer be stored.
CollectReport Collect(const Campaign& campaign, const Plan& plan, Dataset& dataset,
                      const Identity& identity, const Bench& bench, std::optional<Seconds> budget,
                      const CollectHooks& hooks);

}  // namespace joulecast
