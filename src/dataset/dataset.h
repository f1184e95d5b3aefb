// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

class Database;

/// Where a configuration comes from. Written to disk: never rename.
inline constexpr std::array<std::string_view, 4> kOrigins = {
    "random",      // sampled parameters
    "net-config",  // parameters of a layer of a network, at another batch
    "net-layer",   // a layer of a network, measured alone
    "net-total",   // a whole network
};

/// A machine that measurements were taken on.
struct Device {
  std::string name;  ///< "xeon-gold-5120": the key
  std::string cpu;
  std::optional<std::int64_t> sockets;
  std::optional<std::int64_t> memory_bytes;
  std::string software;           ///< what ran the layers, with versions
  std::string host_facts = "{}";  ///< JSON: anything else that is known

  friend bool operator==(const Device&, const Device&) = default;
};

/// One go of a campaign on one host: where, with what and under which settings.
struct CampaignRun {
  std::string name;          ///< "host-a 2026-01-31T12:00:00Z 4711": the key
  std::string started;       ///< ISO 8601
  std::string facts = "{}";  ///< JSON: host, kernel, microcode, meters, settings, idle power

  friend bool operator==(const CampaignRun&, const CampaignRun&) = default;
};

/// One repetition, as read. Energy and time are those of the whole window of `passes` calls.
struct Measurement {
  std::string key;     ///< says which repetition this is: the same key is never stored twice
  std::string source;  ///< the import or campaign it belongs to
  std::string device;  ///< a device's name
  std::string origin;  ///< one of kOrigins
  std::string spec;    ///< text of a LayerSpec; empty for a whole network
  std::string model;   ///< a network's name; empty for a layer
  std::int64_t batch = 1;
  std::string architecture;                 ///< the network that a layer is from
  std::optional<std::int64_t> layer_index;  ///< of its leaf modules, from 1
  std::int64_t repetition = 1;
  std::int64_t passes = 1;
  std::optional<Joules> energy;  ///< nullopt with a `reason`
  std::optional<Seconds> time;
  std::string tag = "measured";  ///< or "integrated" or "modelled": a meter's Evidence
  std::string meter;
  std::string source_file;
  std::optional<std::int64_t> source_row;         ///< in that file, from 0
  std::string started;                            ///< ISO 8601, as the source has it
  std::optional<std::string> reason;              ///< why there is no energy
  std::optional<std::string> rejected_published;  ///< why the source's own cleaning drops it
  std::optional<std::string> rejected_physics;    ///< why ours does
  std::string run;                                ///< a run's name; empty for imported rows
  std::optional<Watts> idle_power;    ///< of the same meters at rest: the energy is gross, with it
  std::optional<double> load_before;  ///< load average of one minute
  std::optional<double> load_after;
  std::optional<double> temperature_before_c;  ///< of the hottest processor package
  std::optional<double> temperature_after_c;
  std::optional<std::string> readings;  ///< JSON: what each counter read at both ends

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

enum class AddResult {
  kAdded,
  kUnchanged,  ///< the same was there
  kConflict,   ///< the key is there with other content, which was kept
};

/// What an import or a merge did.
struct ImportReport {
  std::size_t added = 0;
  std::size_t unchanged = 0;
  std::vector<std::string> conflicts;   ///< keys, or "device NAME", whose stored content was kept
  std::vector<std::string> exclusions;  ///< "FILE, line N: why": stored without energy
  std::vector<std::string> unknown;     ///< an example of each layer type stored as mere text
  std::vector<std::string> missing_files;
};

/// The SQLite store of measurements.
class Dataset {
 public:
  /// An existing dataset. Throws Error{kInput} if it is missing, damaged, cut short, of another
  /// version or no dataset at all; Error{kPermission} if it may not be read, or written, or is
  /// locked.
  static Dataset OpenForReading(const std::filesystem::path& path);
  /// The same for adding to it: one of an older version is upgraded first, as one step.
  static Dataset Open(const std::filesystem::path& path);
  /// The same, but makes the file if there is none.
  static Dataset OpenOrCreate(const std::filesystem::path& path,
                              std::chrono::milliseconds lock_wait = std::chrono::seconds(5));

  ~Dataset();
  Dataset(Dataset&&) noexcept;
  Dataset& operator=(Dataset&&) noexcept;

  /// Runs `work` as one step: either all of its additions are on disk afterwards, or none.
  void Atomically(const std::function<void()>& work);

  AddResult Add(const Device& device);
  /// The device must have been added, and the run if there is one. Throws Error{kUsage} if not, or
  /// if the measurement breaks a rule of the tables (an origin that does not exist, no energy and
  /// no reason).
  AddResult Add(const Measurement& measurement);
  AddResult Add(const CampaignRun& run);
  /// Says of a stored repetition why it cannot be true, or takes that back.
  void Reject(const std::string& key, const std::optional<std::string>& why);

  std::vector<Device> Devices() const;
  std::vector<CampaignRun> Runs() const;
  /// Calls `visit` for each repetition in the order in which they were added.
  void ForEach(const std::function<void(const Measurement&)>& visit) const;

 private:
  struct Statements;
  explicit Dataset(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
  std::unique_ptr<Statements> statements_;
};

/// Adds and counts what happened.
void AddTo(Dataset& dataset, const Measurement& measurement, ImportReport& report);
void AddTo(Dataset& dataset, const Device& device, ImportReport& report);
void AddTo(Dataset& dataset, const CampaignRun& run, ImportReport& report);

/// Adds all of `source` to `target`, as one step. Doing it twice changes nothing.
ImportReport MergeDatasets(Dataset& target, const Dataset& source);

}  // namespace joulecast
