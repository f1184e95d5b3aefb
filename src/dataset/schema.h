// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace joulecast {

class Database;

/// Version of the tables.
inline constexpr int kDatasetVersion = 2;

/// Makes the tables of a new, empty file.
void CreateTables(Database& database);

/// Brings an older dataset to this version as one step: all of it or, if that fails, nothing.
void UpgradeTables(Database& database);

/// Throws Error{kInput} if the file is empty, no dataset or of another version.
void CheckSchema(Database& database);

}  // namespace joulecast
