// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "joulecast/units.h"
#include "meters/cpu_facts.h"

namespace joulecast {

/// The power of one logical processor, linear in the share of time that it works: the model of
/// X. Fan, W.-D. Weber, L. A. Barroso, "Power Provisioning for a Warehouse-sized Computer",
/// ISCA 2007.
struct CpuPower {
  Watts idle;
  Watts busy;
  std::string source;  ///< where the two come from, for provenance
};

/// From a table of processor families; for one that it does not know, the medians over the table.
/// These are shares of whole servers, measured at the wall.
CpuPower PowerOf(const CpuFacts& cpu);

/// A thermal design power shared among a package's processors: busy is the share, and idle is that
/// share scaled as the family's.
CpuPower PowerOf(const CpuFacts& cpu, Watts tdp, int cpus_in_package);

}  // namespace joulecast
