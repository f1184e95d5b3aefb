// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset.h"

#include <utility>

#include "dataset/schema.h"
#include "dataset/sqlite.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::string_view kColumns =
    "SELECT m.key, s.name, d.name, m.origin, m.spec, m.model, m.batch, m.architecture, "
    "m.layer_index, m.repetition, m.passes, m.energy_j, m.time_s, m.tag, m.meter, m.source_file, "
    "m.source_row, m.started, m.reason, m.rejected_published, m.rejected_physics, r.name, "
    "m.idle_power_w, m.load_before, m.load_after, m.temperature_before_c, m.temperature_after_c, "
    "m.readings FROM measurement m JOIN source s ON s.id = m.source_id "
    "JOIN device d ON d.id = m.device_id LEFT JOIN run r ON r.id = m.run_id ";

Measurement ReadMeasurement(const Statement& row) {
  Measurement m;
  m.key = row.Text(0);
  m.source = row.Text(1);
  m.device = row.Text(2);
  m.origin = row.Text(3);
  m.spec = row.Text(4);
  m.model = row.Text(5);
  m.batch = row.Int(6);
  m.architecture = row.Text(7);
  m.layer_index = row.OptionalInt(8);
  m.repetition = row.Int(9);
  m.passes = row.Int(10);
  if (!row.IsNull(11)) m.energy = Joules(row.Double(11));
  if (!row.IsNull(12)) m.time = Seconds(row.Double(12));
  m.tag = row.Text(13);
  m.meter = row.Text(14);
  m.source_file = row.Text(15);
  m.source_row = row.OptionalInt(16);
  m.started = row.Text(17);
  m.reason = row.OptionalText(18);
  m.rejected_published = row.OptionalText(19);
  m.rejected_physics = row.OptionalText(20);
  m.run = row.Text(21);
  if (!row.IsNull(22)) m.idle_power = Watts(row.Double(22));
  m.load_before = row.OptionalDouble(23);
  m.load_after = row.OptionalDouble(24);
  m.temperature_before_c = row.OptionalDouble(25);
  m.temperature_after_c = row.OptionalDouble(26);
  m.readings = row.OptionalText(27);
  return m;
}

constexpr std::string_view kInsert =
    "INSERT INTO measurement (key, source_id, device_id, origin, spec, model, batch, architecture, "
    "layer_index, repetition, passes, energy_j, time_s, tag, meter, source_file, source_row, "
    "started, reason, rejected_published, rejected_physics, outcome, run_id, idle_power_w, "
    "load_before, load_after, temperature_before_c, temperature_after_c, readings) VALUES (?, "
    "(SELECT id FROM source WHERE name = ?), (SELECT id FROM device WHERE name = ?), ?, ?, ?, ?, "
    "?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM run WHERE name = ?), ?, ?, ?, ?, ?, "
    "?)";

void BindMeasurement(Statement& insert, const Measurement& m) {
  insert.Bind(1, m.key);
  insert.Bind(2, m.source);
  insert.Bind(3, m.device);
  insert.Bind(4, m.origin);
  insert.Bind(5, m.spec);
  insert.Bind(6, m.model);
  insert.Bind(7, m.batch);
  insert.Bind(8, m.architecture);
  insert.Bind(9, m.layer_index);
  insert.Bind(10, m.repetition);
  insert.Bind(11, m.passes);
  insert.Bind(12, m.energy ? std::optional(m.energy->value()) : std::nullopt);
  insert.Bind(13, m.time ? std::optional(m.time->count()) : std::nullopt);
  insert.Bind(14, m.tag);
  insert.Bind(15, m.meter);
  insert.Bind(16, m.source_file);
  insert.Bind(17, m.source_row);
  insert.Bind(18, m.started);
  insert.Bind(19, m.reason);
  insert.Bind(20, m.rejected_published);
  insert.Bind(21, m.rejected_physics);
  insert.Bind(22, std::string_view(m.energy ? "ok" : "failed"));
  insert.Bind(23, m.run);
  insert.Bind(24, m.idle_power ? std::optional(m.idle_power->value()) : std::nullopt);
  insert.Bind(25, m.load_before);
  insert.Bind(26, m.load_after);
  insert.Bind(27, m.temperature_before_c);
  insert.Bind(28, m.temperature_after_c);
  insert.Bind(29, m.readings);
}

Device ReadDevice(const Statement& row) {
  return {.name = row.Text(0),
          .cpu = row.Text(1),
          .sockets = row.OptionalInt(2),
          .memory_bytes = row.OptionalInt(3),
          .software = row.Text(4),
          .host_facts = row.Text(5)};
}

}  // namespace

/// Prepared once: preparing costs more than inserting.
struct Dataset::Statements {
  explicit Statements(Database& database)
      : insert_source(database.Prepare("INSERT OR IGNORE INTO source (name) VALUES (?)")),
        insert(database.Prepare(kInsert)),
        find(database.Prepare(std::string(kColumns) + "WHERE m.key = ?")),
        find_device(database.Prepare("SELECT name, cpu, sockets, memory_bytes, software, "
                                     "host_facts FROM device WHERE name = ?")) {}

  std::unique_ptr<Statement> insert_source;
  std::unique_ptr<Statement> insert;
  std::unique_ptr<Statement> find;
  std::unique_ptr<Statement> find_device;
};

Dataset::Dataset(std::unique_ptr<Database> database) : database_(std::move(database)) {
  CheckSchema(*database_);
  statements_ = std::make_unique<Statements>(*database_);
}

Dataset::~Dataset() = default;
Dataset::Dataset(Dataset&&) noexcept = default;

Dataset& Dataset::operator=(Dataset&& other) noexcept {
  statements_ = std::move(other.statements_);  // before the database that they belong to
  database_ = std::move(other.database_);
  return *this;
}

Dataset Dataset::OpenForReading(const std::filesystem::path& path) {
  return Dataset(std::make_unique<Database>(path, OpenMode::kRead));
}

Dataset Dataset::Open(const std::filesystem::path& path) {
  auto database = std::make_unique<Database>(path, OpenMode::kWrite);
  UpgradeTables(*database);
  return Dataset(std::move(database));
}

Dataset Dataset::OpenOrCreate(const std::filesystem::path& path,
                              std::chrono::milliseconds lock_wait) {
  auto database = std::make_unique<Database>(path, OpenMode::kWriteOrCreate, lock_wait);
  if (database->Query("SELECT count(*) FROM sqlite_schema") == 0) CreateTables(*database);
  UpgradeTables(*database);
  return Dataset(std::move(database));
}

void Dataset::Atomically(const std::function<void()>& work) {
  Transaction transaction(*database_);
  work();
  transaction.Commit();
}

AddResult Dataset::Add(const Device& device) {
  Statement& find = *statements_->find_device;
  find.Bind(1, device.name);
  if (find.Step()) {
    const Device known = ReadDevice(find);
    find.Run();
    return known == device ? AddResult::kUnchanged : AddResult::kConflict;
  }
  const auto insert = database_->Prepare(
      "INSERT INTO device (name, cpu, sockets, memory_bytes, software, host_facts) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  insert->Bind(1, device.name);
  insert->Bind(2, device.cpu);
  insert->Bind(3, device.sockets);
  insert->Bind(4, device.memory_bytes);
  insert->Bind(5, device.software);
  insert->Bind(6, device.host_facts);
  insert->Run();
  return AddResult::kAdded;
}

AddResult Dataset::Add(const CampaignRun& run) {
  for (const CampaignRun& known : Runs()) {
    if (known.name == run.name) {
      return known == run ? AddResult::kUnchanged : AddResult::kConflict;
    }
  }
  const auto insert = database_->Prepare("INSERT INTO run (name, started, facts) VALUES (?, ?, ?)");
  insert->Bind(1, run.name);
  insert->Bind(2, run.started);
  insert->Bind(3, run.facts);
  insert->Run();
  return AddResult::kAdded;
}

AddResult Dataset::Add(const Measurement& measurement) {
  Statement& find = *statements_->find;
  find.Bind(1, measurement.key);
  if (find.Step()) {
    const Measurement known = ReadMeasurement(find);
    find.Run();
    return known == measurement ? AddResult::kUnchanged : AddResult::kConflict;
  }
  statements_->insert_source->Bind(1, measurement.source);
  statements_->insert_source->Run();
  BindMeasurement(*statements_->insert, measurement);
  statements_->insert->Run();
  return AddResult::kAdded;
}

std::vector<Device> Dataset::Devices() const {
  std::vector<Device> devices;
  const auto rows = database_->Prepare(
      "SELECT name, cpu, sockets, memory_bytes, software, host_facts FROM device ORDER BY id");
  while (rows->Step()) devices.push_back(ReadDevice(*rows));
  return devices;
}

std::vector<CampaignRun> Dataset::Runs() const {
  std::vector<CampaignRun> runs;
  const auto rows = database_->Prepare("SELECT name, started, facts FROM run ORDER BY id");
  while (rows->Step()) runs.push_back({rows->Text(0), rows->Text(1), rows->Text(2)});
  return runs;
}

void Dataset::Reject(const std::string& key, const std::optional<std::string>& why) {
  const auto update =
      database_->Prepare("UPDATE measurement SET rejected_physics = ? WHERE key = ?");
  update->Bind(1, why);
  update->Bind(2, key);
  update->Run();
}

void Dataset::ForEach(const std::function<void(const Measurement&)>& visit) const {
  const auto rows = database_->Prepare(std::string(kColumns) + "ORDER BY m.id");
  while (rows->Step()) visit(ReadMeasurement(*rows));
}

void AddTo(Dataset& dataset, const Measurement& measurement, ImportReport& report) {
  switch (dataset.Add(measurement)) {
    case AddResult::kAdded:
      ++report.added;
      break;
    case AddResult::kUnchanged:
      ++report.unchanged;
      break;
    case AddResult::kConflict:
      report.conflicts.push_back(measurement.key);
      break;
  }
}

void AddTo(Dataset& dataset, const Device& device, ImportReport& report) {
  if (dataset.Add(device) == AddResult::kConflict) {
    report.conflicts.push_back("device " + device.name);
  }
}

void AddTo(Dataset& dataset, const CampaignRun& run, ImportReport& report) {
  if (dataset.Add(run) == AddResult::kConflict) report.conflicts.push_back("run " + run.name);
}

ImportReport MergeDatasets(Dataset& target, const Dataset& source) {
  ImportReport report;
  target.Atomically([&] {
    for (const Device& device : source.Devices()) AddTo(target, device, report);
    for (const CampaignRun& run : source.Runs()) AddTo(target, run, report);
    source.ForEach([&](const Measurement& m) { AddTo(target, m, report); });
  });
  return report;
}

}  // namespace joulecast
