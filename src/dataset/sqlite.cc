// SPDX-License-Identifier: Apache-2.0
#include "dataset/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

/// Turns SQLite's code into an Error that says what to do.
[[noreturn]] void Fail(const std::string& file, int code, const std::string& message) {
  const std::string what = "dataset " + file + ": ";
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      throw Error(ErrorKind::kInput, what + "this is not an SQLite file");
    case SQLITE_CORRUPT:
      throw Error(ErrorKind::kInput, what + "the file is damaged (" + message +
                                         "); restore a copy, or import the measurements again");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::kPermission,
                  what + "locked by another process; let it finish, then try again");
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      throw Error(ErrorKind::kPermission,
                  what + "cannot be written (" + message +
                      "); the file and its folder must be writable, or give another path");
    case SQLITE_CANTOPEN:
      throw Error(ErrorKind::kPermission,
                  what + "cannot be opened (" + message +
                      "); check that its folder exists and that you may read and write there");
    case SQLITE_FULL:
      throw Error(
          ErrorKind::kDevice,
          what + "the disk is full; nothing of this step was stored; free space, try again");
    case SQLITE_CONSTRAINT:
      throw Error(ErrorKind::kUsage, what + "a row breaks the rules of the tables: " + message);
    case SQLITE_IOERR:
      throw Error(ErrorKind::kDevice, what + "the disk reports an error: " + message);
    default:
      throw Error(ErrorKind::kInput, what + message);
  }
}

std::string Encoded(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#') {
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri;
}

/// Whether a write-ahead log holds pages that are not in the file yet. Readers leave empty ones.
bool HasLog(const std::string& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file + "-wal", error);
  return !error && size > 0;
}

void CheckIsThere(const fs::path& path, OpenMode mode) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const std::string what = "dataset " + path.string() + ": ";
  if (fs::is_directory(status)) {
    throw Error(ErrorKind::kInput, what + "this is a folder; give the path of a file");
  }
  if (!fs::exists(status) && status.type() != fs::file_type::none &&
      mode != OpenMode::kWriteOrCreate) {
    throw Error(ErrorKind::kInput, what + "no such file; 'dataset import' makes one");
  }
}

}  // namespace

Statement::Statement(sqlite3* database, std::string file, std::string_view sql)
    : database_(database), file_(std::move(file)) {
  Check(sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement_,
                           nullptr));
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::Check(int code) const {
  if (code != SQLITE_OK) Fail(file_, code, sqlite3_errmsg(database_));
}

void Statement::BindNull(int index) { Check(sqlite3_bind_null(statement_, index)); }
void Statement::Bind(int index, std::int64_t value) {
  Check(sqlite3_bind_int64(statement_, index, value));
}
void Statement::Bind(int index, double value) {
  Check(sqlite3_bind_double(statement_, index, value));
}
void Statement::Bind(int index, std::string_view value) {
  Check(sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

bool Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  const std::string message = sqlite3_errmsg(database_);
  sqlite3_reset(statement_);
  if (code != SQLITE_DONE) Fail(file_, code, message);
  return false;
}

void Statement::Run() {
  while (Step()) {
  }
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::Double(int column) const { return sqlite3_column_double(statement_, column); }
std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr ? std::string() : std::string(text);
}
std::optional<std::int64_t> Statement::OptionalInt(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int(column));
}
std::optional<double> Statement::OptionalDouble(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Double(column));
}
std::optional<std::string> Statement::OptionalText(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Text(column));
}

Database::Database(const fs::path& path, OpenMode mode, std::chrono::milliseconds lock_wait)
    : file_(path.string()) {
  CheckIsThere(path, mode);
  const std::string uri = Encoded(fs::absolute(path).string());  // so that no name is magic
  try {
    if (mode == OpenMode::kRead) {
      OpenForReading(uri);
    } else {
      Open(uri,
           SQLITE_OPEN_READWRITE | (mode == OpenMode::kWriteOrCreate ? SQLITE_OPEN_CREATE : 0));
    }
    sqlite3_busy_timeout(database_, static_cast<int>(lock_wait.count()));
    CheckComplete();
    Execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL");
  } catch (...) {
    sqlite3_close(database_);
    throw;
  }
}

Database::~Database() { sqlite3_close(database_); }

void Database::Open(const std::string& uri, int flags) {
  sqlite3_close(std::exchange(database_, nullptr));
  const int code = sqlite3_open_v2(uri.c_str(), &database_, flags | SQLITE_OPEN_URI, nullptr);
  if (code != SQLITE_OK) {
    Fail(file_, code, database_ != nullptr ? sqlite3_errmsg(database_) : "out of memory");
  }
}

void Database::OpenForReading(const std::string& uri) {
  try {
    // Readers of a write-ahead log keep files beside it; only who may write tidies them up.
    Open(uri, SQLITE_OPEN_READWRITE);
    Execute("PRAGMA query_only = ON");
    Query("SELECT count(*) FROM sqlite_schema");
  } catch (const Error& error) {
    // Where the folder forbids such files, a dataset without a log can be read as it lies.
    if (error.kind() != ErrorKind::kPermission || HasLog(file_)) throw;
    Open(uri + "?immutable=1", SQLITE_OPEN_READONLY);
  }
}

/// A copy that was cut short opens without complaint and fails later, or worse, does not.
void Database::CheckComplete() {
  if (HasLog(file_)) return;
  const auto expected =
      static_cast<std::uintmax_t>(Query("PRAGMA page_count") * Query("PRAGMA page_size"));
  const std::uintmax_t size = fs::file_size(file_);
  if (size < expected) {
    throw Error(ErrorKind::kInput, "dataset " + file_ + ": the file is cut short (" +
                                       std::to_string(size) + " of " + std::to_string(expected) +
                                       " bytes); copy or import it again");
  }
}

void Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) Fail(file_, code, sqlite3_errmsg(database_));
}

std::unique_ptr<Statement> Database::Prepare(std::string_view sql) {
  return std::make_unique<Statement>(database_, file_, sql);
}

std::int64_t Database::Query(std::string_view sql) {
  const auto statement = Prepare(sql);
  return statement->Step() ? statement->Int(0) : 0;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.Execute("ROLLBACK");
  } catch (const Error&) {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  open_ = false;
}

}  // namespace joulecast
