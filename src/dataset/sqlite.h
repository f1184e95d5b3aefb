// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace joulecast {

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
/// Every failure is an Error as Database describes.
class Statement {
 public:
  Statement(sqlite3* database, std::string file, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void BindNull(int index);
  void Bind(int index, std::int64_t value);
  void Bind(int index, double value);
  void Bind(int index, std::string_view value);
  template <typename Value>
  void Bind(int index, const std::optional<Value>& value) {
    if (value) {
      Bind(index, *value);
    } else {
      BindNull(index);
    }
  }

  /// True while there is a row to read; after the last one the statement can be bound anew.
  bool Step();
  /// Runs a statement that returns no row.
  void Run();

  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  double Double(int column) const;
  std::string Text(int column) const;
  std::optional<std::int64_t> OptionalInt(int column) const;
  std::optional<double> OptionalDouble(int column) const;
  std::optional<std::string> OptionalText(int column) const;

 private:
  void Check(int code) const;

  sqlite3* database_;
  std::string file_;
  sqlite3_stmt* statement_ = nullptr;
};

enum class OpenMode {
  kRead,           ///< an existing file, never changed
  kWrite,          ///< an existing file
  kWriteOrCreate,  ///< a file that may be new
};

/// An SQLite file. The only source file that calls SQLite is this class's. What fails becomes
/// Error{kInput} (missing, or no intact database), Error{kPermission} (may not be read or written,
/// or locked by another process beyond the wait) or Error{kDevice} (disk full, I/O error).
class Database {
 public:
  Database(const std::filesystem::path& path, OpenMode mode,
           std::chrono::milliseconds lock_wait = std::chrono::seconds(5));
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& file() const { return file_; }

  /// Runs statements that need no parameters.
  void Execute(const std::string& sql);
  std::unique_ptr<Statement> Prepare(std::string_view sql);
  /// The one number that a query gives.
  std::int64_t Query(std::string_view sql);

 private:
  void Open(const std::string& uri, int flags);
  void OpenForReading(const std::string& uri);
  void CheckComplete();

  std::string file_;
  sqlite3* database_ = nullptr;
};

/// Rolls back at the end of its scope unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace joulecast
