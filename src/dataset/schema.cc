// SPDX-License-Identifier: Apache-2.0
#include "dataset/schema.h"

#include <cstdint>
#include <string>

#include "dataset/sqlite.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::int64_t kApplicationId = 0x4A6F756C;  // "Joul", so that file(1) can tell

constexpr const char* kUnchangedTables = R"sql(
CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cpu TEXT NOT NULL,
  sockets INTEGER,
  memory_bytes INTEGER,
  software TEXT NOT NULL,
  host_facts TEXT NOT NULL CHECK (json_valid(host_facts))
) STRICT;

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
)sql";

/// What version 2 added or changed.
constexpr const char* kTablesOf2 = R"sql(
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  started TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT;

CREATE TABLE measurement (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  source_id INTEGER NOT NULL REFERENCES source (id),
  device_id INTEGER NOT NULL REFERENCES device (id),
  origin TEXT NOT NULL CHECK (origin IN ('random', 'net-config', 'net-layer', 'net-total')),
  spec TEXT NOT NULL,
  model TEXT NOT NULL,
  batch INTEGER NOT NULL CHECK (batch >= 1),
  architecture TEXT NOT NULL,
  layer_index INTEGER,
  repetition INTEGER NOT NULL,
  passes INTEGER NOT NULL CHECK (passes >= 1),
  energy_j REAL,
  time_s REAL,
  tag TEXT NOT NULL CHECK (tag IN ('measured', 'integrated', 'modelled')),
  meter TEXT NOT NULL,
  source_file TEXT NOT NULL,
  source_row INTEGER,
  started TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
  reason TEXT,
  rejected_published TEXT,
  rejected_physics TEXT,
  run_id INTEGER REFERENCES run (id),
  idle_power_w REAL,
  load_before REAL,
  load_after REAL,
  temperature_before_c REAL,
  temperature_after_c REAL,
  readings TEXT CHECK (readings IS NULL OR json_valid(readings)),
  CHECK ((spec = '') <> (model = '')),
  CHECK ((outcome = 'ok') = (energy_j IS NOT NULL)),
  CHECK ((outcome = 'ok') = (reason IS NULL))
) STRICT;
)sql";

/// Rules of a table cannot be changed in place: its rows move to a new one.
constexpr const char* kRowsFrom1 = R"sql(
INSERT INTO measurement (id, key, source_id, device_id, origin, spec, model, batch, architecture,
    layer_index, repetition, passes, energy_j, time_s, tag, meter, source_file, source_row, started,
    outcome, reason, rejected_published, rejected_physics)
  SELECT id, key, source_id, device_id, origin, spec, model, batch, architecture, layer_index,
    repetition, passes, energy_j, time_s, tag, meter, source_file, source_row, started, outcome,
    reason, rejected_published, rejected_physics
  FROM measurement_of_1;
DROP TABLE measurement_of_1;
)sql";

void SetVersion(Database& database) {
  database.Execute("PRAGMA user_version = " + std::to_string(kDatasetVersion));
}

bool IsOf1(Database& database) {
  return database.Query("PRAGMA application_id") == kApplicationId &&
         database.Query("PRAGMA user_version") == 1;
}

std::string WhatToDo(std::int64_t version) {
  if (version > kDatasetVersion) return "use a newer joulecast";
  return version == 1 ? "'joulecast dataset upgrade FILE' brings it up to date, rows and all"
                      : "import the measurements into a new file";
}

}  // namespace

void CreateTables(Database& database) {
  database.Execute("PRAGMA journal_mode = WAL");
  Transaction transaction(database);
  if (database.Query("SELECT count(*) FROM sqlite_schema") > 0) return;  // another was faster
  database.Execute(kUnchangedTables);
  database.Execute(kTablesOf2);
  database.Execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  SetVersion(database);
  transaction.Commit();
}

void UpgradeTables(Database& database) {
  if (!IsOf1(database)) return;
  Transaction transaction(database);
  if (!IsOf1(database)) return;  // another was faster
  database.Execute("ALTER TABLE measurement RENAME TO measurement_of_1");
  database.Execute(kTablesOf2);
  database.Execute(kRowsFrom1);
  SetVersion(database);
  transaction.Commit();
}

void CheckSchema(Database& database) {
  const std::string what = "dataset " + database.file() + ": ";
  if (database.Query("SELECT count(*) FROM sqlite_schema") == 0) {
    throw Error(ErrorKind::kInput, what + "the file is empty; import measurements into it first");
  }
  if (database.Query("PRAGMA application_id") != kApplicationId) {
    throw Error(ErrorKind::kInput,
                what + "an SQLite file, but not one that joulecast made; give another path");
  }
  const std::int64_t version = database.Query("PRAGMA user_version");
  if (version == kDatasetVersion) return;
  throw Error(ErrorKind::kInput, what + "its version is " + std::to_string(version) +
                                     ", this program reads " + std::to_string(kDatasetVersion) +
                                     "; " + WhatToDo(version));
}

}  // namespace joulecast
