// SPDX-License-Identifier: Apache-2.0
#include "base/write_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/temporary_folder.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

ErrorKind KindOfRefusal(const std::filesystem::path& path, std::string_view content) {
  try {
    WriteFile(path, content);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << path << " was written";
  return ErrorKind::kUsage;
}

/// Files of at most so many bytes, as on a full disk, until the end of the scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(WriteFileTest, WritesAndReplacesAsAWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "file";
  WriteFile(path, "first and long");
  WriteFile(path, "second");
  EXPECT_EQ(TemporaryFolder::Read(path), "second");
  EXPECT_EQ(folder.CountEntries(), 1);
  WriteFile(path, "");
  EXPECT_EQ(TemporaryFolder::Read(path), "");
}

TEST(WriteFileTest, OthersMayReadWhatIsWritten) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "file";
  WriteFile(path, "x");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0644));
}

TEST(WriteFileTest, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  const auto path = folder.Write("file", "old");
  {
    const FileSizeLimit limit(1000);
    EXPECT_EQ(KindOfRefusal(path, std::string(2000, 'x')), ErrorKind::kInput);
  }
  EXPECT_EQ(TemporaryFolder::Read(path), "old");
  EXPECT_EQ(folder.CountEntries(), 1);
}

TEST(WriteFileTest, AFolderIsNeverReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "inner");
  EXPECT_EQ(KindOfRefusal(folder.path() / "inner", "x"), ErrorKind::kInput);
  EXPECT_EQ(KindOfRefusal(folder.path() / "missing" / "file", "x"), ErrorKind::kInput);
  EXPECT_EQ(folder.CountEntries(), 1);
}

TEST(WriteFileTest, AnUnwritableFolderIsAMatterOfPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
  EXPECT_EQ(KindOfRefusal(folder.path() / "file", "x"), ErrorKind::kPermission);
  EXPECT_EQ(::chmod(folder.path().c_str(), 0700), 0);
}

TEST(WriteFileTest, ALinkStaysALink) {
  const TemporaryFolder folder;
  const auto target = folder.Write("target", "old");
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink(target, link);
  WriteFile(link, "new");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(TemporaryFolder::Read(target), "new");
}

TEST(WriteFileTest, WhatIsNoFileIsNeverReplaced) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(KindOfRefusal(pipe, "x"), ErrorKind::kInput);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_EQ(folder.CountEntries(), 1);
}

}  // namespace
}  // namespace joulecast
