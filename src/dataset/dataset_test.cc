// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset/dataset_fixture.h"
#include "dataset/sqlite.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

struct Failure {
  ErrorKind kind;
  std::string text;
};

template <typename Action>
Failure FailureOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {ErrorKind::kUsage, "nothing failed"};
}

/// Root may do everything: drops that for a scope.
class Unprivileged {
 public:
  Unprivileged() : was_root_(::geteuid() == 0) {
    if (was_root_ && ::seteuid(65534) != 0) was_root_ = false;
  }
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) ADD_FAILURE() << "cannot become root again";
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  bool was_root_;
};

class DatasetTest : public DatasetFolderTest {
 protected:
  /// A dataset of that many rows, closed.
  fs::path Stored(int rows = 3) const {
    const fs::path path = dir_ / "d.db";
    Dataset dataset = Dataset::OpenOrCreate(path);
    dataset.Atomically([&] {
      dataset.Add(TestDevice());
      for (int i = 0; i < rows; ++i) dataset.Add(TestMeasurement("k" + std::to_string(i), i + 1));
    });
    return path;
  }

  static std::vector<Measurement> RowsOf(const Dataset& dataset) {
    std::vector<Measurement> rows;
    dataset.ForEach([&](const Measurement& m) { rows.push_back(m); });
    return rows;
  }

  static std::size_t CountRows(const fs::path& path) {
    std::size_t rows = 0;
    Dataset::OpenForReading(path).ForEach([&](const Measurement&) { ++rows; });
    return rows;
  }
};

TEST_F(DatasetTest, GivesBackWhatWasStored) {
  Measurement ok = TestMeasurement("a", 5.5);
  ok.layer_index = 7;
  ok.source_row = 0;
  ok.rejected_published = "wrapped";
  Measurement failed = TestMeasurement("b", 0);
  failed.energy.reset();
  failed.time.reset();
  failed.reason = "out of memory";
  {
    Dataset dataset = Dataset::OpenOrCreate(dir_ / "d.db");
    EXPECT_EQ(dataset.Add(TestDevice()), AddResult::kAdded);
    EXPECT_EQ(dataset.Add(ok), AddResult::kAdded);
    EXPECT_EQ(dataset.Add(failed), AddResult::kAdded);
  }
  const Dataset dataset = Dataset::OpenForReading(dir_ / "d.db");
  std::vector<Measurement> stored;
  dataset.ForEach([&](const Measurement& m) { stored.push_back(m); });
  EXPECT_THAT(stored, ElementsAre(ok, failed));
  EXPECT_THAT(dataset.Devices(), ElementsAre(TestDevice()));
}

TEST_F(DatasetTest, StoresAKeyOnce) {
  Dataset dataset = Dataset::Open(Stored());
  EXPECT_EQ(dataset.Add(TestMeasurement("k0", 1)), AddResult::kUnchanged);
  EXPECT_EQ(dataset.Add(TestMeasurement("k0", 99)), AddResult::kConflict);
  EXPECT_EQ(dataset.Add(TestDevice()), AddResult::kUnchanged);
  Device other = TestDevice();
  other.cpu = "Another CPU";
  EXPECT_EQ(dataset.Add(other), AddResult::kConflict);
}

TEST_F(DatasetTest, RefusesWhatBreaksTheRules) {
  Dataset dataset = Dataset::Open(Stored());
  Measurement origin = TestMeasurement("x", 1);
  origin.origin = "elsewhere";
  Measurement silent = TestMeasurement("x", 1);
  silent.energy.reset();
  Measurement homeless = TestMeasurement("x", 1);
  homeless.device = "nowhere";
  for (const Measurement& m : {origin, silent, homeless}) {
    EXPECT_EQ(FailureOf([&] { dataset.Add(m); }).kind, ErrorKind::kUsage);
  }
}

TEST_F(DatasetTest, AddsAllOrNothing) {
  const fs::path path = Stored(3);
  {
    Dataset dataset = Dataset::Open(path);
    EXPECT_THROW(dataset.Atomically([&] {
      dataset.Add(TestMeasurement("new", 1));
      throw Error(ErrorKind::kInput, "halfway");
    }),
                 Error);
  }
  EXPECT_EQ(CountRows(path), 3u);
}

TEST_F(DatasetTest, MergesOnceAndReportsConflicts) {
  const fs::path path = Stored(3);
  Dataset target = Dataset::OpenOrCreate(dir_ / "target.db");
  target.Add(TestDevice());
  target.Add(TestMeasurement("k2", 77));
  const Dataset source = Dataset::OpenForReading(path);
  const ImportReport first = MergeDatasets(target, source);
  EXPECT_EQ(first.added, 2u);
  EXPECT_THAT(first.conflicts, ElementsAre("k2"));
  const ImportReport second = MergeDatasets(target, source);
  EXPECT_EQ(second.added, 0u);
  EXPECT_EQ(second.unchanged, 2u);
  EXPECT_THAT(second.conflicts, ElementsAre("k2"));
}

TEST_F(DatasetTest, RefusesAnotherVersion) {
  const fs::path path = Stored();
  Database(path, OpenMode::kWrite).Execute("PRAGMA user_version = 3");
  const Failure newer = FailureOf([&] { Dataset::OpenForReading(path); });
  EXPECT_EQ(newer.kind, ErrorKind::kInput);
  EXPECT_THAT(newer.text, HasSubstr("its version is 3, this program reads 2; use a newer"));
  Database(path, OpenMode::kWrite).Execute("PRAGMA user_version = 0");
  EXPECT_THAT(FailureOf([&] { Dataset::Open(path); }).text, HasSubstr("import the measurements"));
}

// A file as version 1 wrote it.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cpu TEXT NOT NULL,
  sockets INTEGER, memory_bytes INTEGER, software TEXT NOT NULL, host_facts TEXT NOT NULL) STRICT;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE measurement (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
  source_id INTEGER NOT NULL REFERENCES source (id),
  device_id INTEGER NOT NULL REFERENCES device (id), origin TEXT NOT NULL, spec TEXT NOT NULL,
  model TEXT NOT NULL, batch INTEGER NOT NULL, architecture TEXT NOT NULL, layer_index INTEGER,
  repetition INTEGER NOT NULL, passes INTEGER NOT NULL, energy_j REAL, time_s REAL,
  tag TEXT NOT NULL CHECK (tag IN ('measured', 'modelled')), meter TEXT NOT NULL,
  source_file TEXT NOT NULL, source_row INTEGER, started TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT, rejected_published TEXT, rejected_physics TEXT) STRICT;
INSERT INTO device VALUES (1, 'testbox', 'Some CPU', 1, NULL, 'none', '{}');
INSERT INTO source VALUES (7, 'test');
INSERT INTO measurement VALUES (3, 'k', 7, 1, 'random', 'linear batch=2 in=3 out=4 dtype=f32', '',
  2, '', NULL, 1, 10, 5.5, 2, 'measured', 'fake', '', NULL, '', 'ok', NULL, NULL, 'odd');
PRAGMA application_id = 1248818540;
PRAGMA user_version = 1;
)sql";

TEST_F(DatasetTest, UpgradesAnOlderVersionWithItsRows) {
  const fs::path path = dir_ / "old.db";
  Database(path, OpenMode::kWriteOrCreate).Execute(kVersion1);
  const Failure refused = FailureOf([&] { Dataset::OpenForReading(path); });
  EXPECT_EQ(refused.kind, ErrorKind::kInput);
  EXPECT_THAT(refused.text,
              HasSubstr("its version is 1, this program reads 2; 'joulecast dataset"));
  Measurement expected = TestMeasurement("k", 5.5);
  expected.rejected_physics = "odd";
  {
    Dataset upgraded = Dataset::Open(path);
    EXPECT_THAT(RowsOf(upgraded), ElementsAre(expected));
    Measurement integrated = TestMeasurement("new", 1);
    integrated.tag = "integrated";
    EXPECT_EQ(upgraded.Add(integrated), AddResult::kAdded);
  }
  EXPECT_EQ(RowsOf(Dataset::OpenForReading(path)).size(), 2u);
}

TEST_F(DatasetTest, KeepsRunsReadingsAndConditions) {
  const fs::path path = Stored();
  Dataset dataset = Dataset::Open(path);
  const CampaignRun run = {"host 1", "2026-01-01T00:00:00Z", R"({"kernel": "6.1"})"};
  EXPECT_EQ(dataset.Add(run), AddResult::kAdded);
  EXPECT_EQ(dataset.Add(run), AddResult::kUnchanged);
  Measurement m = TestMeasurement("with run", 5);
  m.run = run.name;
  m.idle_power = Watts(20);
  m.load_before = 0.5;
  m.load_after = 1.5;
  m.temperature_before_c = 40;
  m.temperature_after_c = 41;
  m.readings = R"([{"domain": "fake:cpu", "start_j": 1, "end_j": 6}])";
  EXPECT_EQ(dataset.Add(m), AddResult::kAdded);
  EXPECT_EQ(RowsOf(dataset).back(), m);
  dataset.Reject("with run", "too much power");
  EXPECT_EQ(RowsOf(dataset).back().rejected_physics, "too much power");
  dataset.Reject("with run", std::nullopt);
  EXPECT_EQ(RowsOf(dataset).back(), m);
  Dataset other = Dataset::OpenOrCreate(dir_ / "other.db");
  MergeDatasets(other, dataset);
  EXPECT_THAT(other.Runs(), ElementsAre(run));
  EXPECT_EQ(RowsOf(other).back(), m);
}

TEST_F(DatasetTest, RefusesWhatIsNoDataset) {
  const auto expect = [&](const fs::path& path, const char* says) {
    const Failure failure = FailureOf([&] { Dataset::OpenForReading(path); });
    EXPECT_EQ(failure.kind, ErrorKind::kInput) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr(says));
  };
  expect(dir_ / "missing.db", "no such file");
  expect(dir_, "this is a folder");
  expect(Write("text.db", std::string(5000, 'x')), "not an SQLite file");
  expect(Write("short.db", "hello"), "not an SQLite file");
  expect(Write("empty.db", ""), "the file is empty");
  Database(dir_ / "other.db", OpenMode::kWriteOrCreate).Execute("CREATE TABLE t (x)");
  expect(dir_ / "other.db", "not one that joulecast made");
  EXPECT_EQ(FailureOf([&] { Dataset::OpenOrCreate(dir_ / "text.db"); }).kind, ErrorKind::kInput);
  EXPECT_EQ(FailureOf([&] { Dataset::OpenOrCreate(dir_ / "no" / "d.db"); }).kind,
            ErrorKind::kPermission);
}

TEST_F(DatasetTest, NoticesThatAFileIsCutShort) {
  const fs::path whole = Stored(300);
  const std::uintmax_t size = fs::file_size(whole);
  for (const std::uintmax_t kept : {std::uintmax_t{1}, std::uintmax_t{99}, std::uintmax_t{512},
                                    std::uintmax_t{4096}, size / 2, size - 4096, size - 1}) {
    const fs::path cut = dir_ / "cut.db";
    fs::copy_file(whole, cut, fs::copy_options::overwrite_existing);
    fs::resize_file(cut, kept);
    const Failure failure = FailureOf([&] { Dataset::OpenForReading(cut); });
    EXPECT_EQ(failure.kind, ErrorKind::kInput) << kept << ": " << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("dataset " + cut.string())) << kept;
  }
}

TEST_F(DatasetTest, NoticesDamagedPages) {
  const fs::path path = Stored(300);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(3 * 4096, '\xAA');
  file.close();
  EXPECT_EQ(FailureOf([&] { CountRows(path); }).kind, ErrorKind::kInput);
}

TEST_F(DatasetTest, SaysThatAnotherProcessHoldsTheLock) {
  const fs::path path = Stored();
  Database other(path, OpenMode::kWrite);
  other.Execute("BEGIN EXCLUSIVE");
  Dataset dataset = Dataset::OpenOrCreate(path, std::chrono::milliseconds(10));
  const Failure failure = FailureOf([&] { dataset.Atomically([] {}); });
  EXPECT_EQ(failure.kind, ErrorKind::kPermission);
  EXPECT_THAT(failure.text, HasSubstr("locked by another process"));
  EXPECT_EQ(CountRows(path), 3u);  // readers do not wait
}

TEST_F(DatasetTest, ReadsFromAFolderThatMayNotBeWritten) {
  const fs::path path = Stored();
  fs::permissions(path, fs::perms(0444));
  fs::permissions(dir_, fs::perms(0555));
  const Unprivileged scope;
  EXPECT_EQ(CountRows(path), 3u);
  EXPECT_EQ(FailureOf([&] {
              Dataset dataset = Dataset::Open(path);
              dataset.Atomically([&] { dataset.Add(TestMeasurement("new", 1)); });
            }).kind,
            ErrorKind::kPermission);
  EXPECT_EQ(FailureOf([&] { Dataset::OpenOrCreate(dir_ / "new.db"); }).kind,
            ErrorKind::kPermission);
}

TEST_F(DatasetTest, SaysThatTheDiskIsFull) {
  Database database(dir_ / "full.db", OpenMode::kWriteOrCreate);
  database.Execute("CREATE TABLE t (x); PRAGMA max_page_count = 3");
  const Failure failure =
      FailureOf([&] { database.Execute("INSERT INTO t VALUES (zeroblob(100000))"); });
  EXPECT_EQ(failure.kind, ErrorKind::kDevice);
  EXPECT_THAT(failure.text, HasSubstr("disk is full"));
}

TEST_F(DatasetTest, LeavesOneFileBehind) {
  const fs::path path = Stored();
  CountRows(path);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir_)) names.push_back(entry.path().filename());
  EXPECT_THAT(names, ElementsAre("d.db"));
}

TEST_F(DatasetTest, OpensPathsWithOddCharacters) {
  const fs::path path = dir_ / "50% #1?.db";
  { Dataset::OpenOrCreate(path); }
  EXPECT_TRUE(fs::exists(path));
  EXPECT_EQ(CountRows(path), 0u);
}

}  // namespace
}  // namespace joulecast
