// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

/// What a number of joules stands on. Written to disk, shown beside every number.
enum class Evidence {
  kMeasured,    ///< "measured": an energy counter of the hardware
  kIntegrated,  ///< "integrated": power readings of the hardware, summed over time by us
  kModelled,    ///< "modelled": no counter; a power model driven by what the machine did
};
std::string_view Name(Evidence evidence);

/// One part of the machine whose energy is counted by itself.
struct Domain {
  std::string name;  ///< "package-0", "dram-1", "gpu-0": key of JSON, CSV and dataset rows
  /// Where it lies in the machine, as a path: "machine" (psys, a wall meter), "machine/package-0",
  /// "machine/package-0/core", "machine/dram-0", "machine/gpu-UUID". Two domains overlap if one's
  /// path leads to or through the other's; only domains that do not overlap are ever added.
  std::string part;
  Evidence evidence = Evidence::kMeasured;
  Joules resolution;                   ///< one unit of the counter
  std::optional<Seconds> tick;         ///< time between updates, where the driver documents it
  std::optional<Watts> resting_power;  ///< modelled domains only: the model's idle power
};

/// True if adding the two would count some energy twice.
bool Overlapping(const Domain& a, const Domain& b);

/// One domain at one moment.
struct DomainReading {
  std::optional<Joules> total;       ///< since an arbitrary origin; never decreases
  std::optional<std::uint64_t> raw;  ///< what the counter said, before wraps were undone
  std::string failure;               ///< why there is no total; empty if there is
};

/// All domains of a meter at one moment. Only the difference of two means anything.
struct Reading {
  std::chrono::steady_clock::time_point at;  ///< halfway between before and after reading
  std::vector<DomainReading> domains;        ///< as `Meter::domains()`
};

/// A set of energy totals that one source of this machine delivers.
class Meter {
 public:
  virtual ~Meter() = default;

  virtual std::string_view name() const = 0;  ///< its line in catalog.inc: "powercap"
  /// Which counters, driver and versions stand behind it: one line, for provenance.
  virtual std::string source() const = 0;
  /// Best first: a sum takes each domain that overlaps none taken before it. A part that is here
  /// but cannot be counted is listed too, and each of its readings says why.
  virtual std::span<const Domain> domains() const = 0;

  /// Longest time that may pass between two readings for the totals to stay right (a counter that
  /// wraps, power that must be sampled); nullopt if none. A caller with a longer window reads in
  /// between.
  virtual std::optional<Seconds> longest_gap() const = 0;

  /// Reads every domain, undoing wraps. A domain that cannot be read any more says so in its
  /// reading and stays failed: its energy since then is unknown. Does not throw for that, does not
  /// allocate for a healthy domain's reading beyond `into`'s capacity.
  virtual void Read(Reading& into) = 0;
};

/// The machine as meters see it. Tests give a folder instead of the real root.
struct MeterHost {
  std::filesystem::path root = "/";
  std::optional<Watts> tdp;          ///< of the CPU, for the modelled meter: overrides its table
  bool with_memory = false;          ///< the modelled meter adds the memory's power
  std::vector<std::string> command;  ///< of the external meter: a program and its arguments
};

/// Whether one kind of meter works here, for `doctor`.
struct Availability {
  bool works = false;
  std::string why_not;  ///< empty if it works
  std::string fix;      ///< the exact command or step that would make it work; may be empty
};

/// One kind of meter. One file in `src/meters/` defines it; one line in `catalog.inc` lists it.
struct MeterType {
  std::string_view name;
  std::string_view summary;   ///< one line for `--help` and docs
  std::string_view argument;  ///< what may follow its name after a colon: "GPU index or UUID"
  /// Chosen by itself if the user names none and it works: the lower the earlier; nullopt: never.
  std::optional<int> preference;

  /// Opens it. Throws Error{kDevice} if there is no such thing here, Error{kPermission} if it may
  /// not be read (naming the fix), Error{kUsage} for a bad argument.
  std::unique_ptr<Meter> (*open)(std::string_view argument, const MeterHost& host) = nullptr;
};

/// Whether this kind can be opened without an argument here; a reason and its fix if not.
Availability Probe(const MeterType& type, const MeterHost& host);

/// Every kind of meter, in catalogue order.
std::span<const MeterType* const> MeterCatalog();
const MeterType* FindMeterType(std::string_view name);

/// Opens meters by a list as `--meter` takes it: "powercap,nvml:0". Throws Error{kUsage} for an
/// unknown name (listing the known ones), for a meter named twice, and as the meters' own `open`.
std::vector<std::unique_ptr<Meter>> OpenMeters(std::string_view list, const MeterHost& host);

/// Opens what measures best here: every preferred kind that works and overlaps no better one; the
/// modelled meter if no hardware is counted.
std::vector<std::unique_ptr<Meter>> OpenDefaultMeters(const MeterHost& host);

}  // namespace joulecast
