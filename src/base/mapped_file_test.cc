// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temporary_folder.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

ErrorKind KindOfRefusal(const std::filesystem::path& path) {
  try {
    const MappedFile file(path);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << path << " was read";
  return ErrorKind::kUsage;
}

std::string_view TextOf(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(MappedFileTest, ReadsAllBytes) {
  const TemporaryFolder folder;
  const std::string content("zero \0 and \xff", 12);
  const MappedFile file(folder.Write("file", content));
  EXPECT_EQ(TextOf(file), content);
  file.Release();
  EXPECT_EQ(TextOf(file), content);  // loaded again
}

TEST(MappedFileTest, WhatIsNoFileIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(KindOfRefusal(folder.path() / "missing"), ErrorKind::kInput);
  EXPECT_EQ(KindOfRefusal(folder.path()), ErrorKind::kInput);
  EXPECT_EQ(KindOfRefusal(folder.Write("empty", "")), ErrorKind::kInput);
  EXPECT_EQ(KindOfRefusal("/dev/null"), ErrorKind::kInput);
}

TEST(MappedFileTest, APipeIsRefusedAtOnce) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(KindOfRefusal(pipe), ErrorKind::kInput);  // and does not wait for a writer
}

TEST(MappedFileTest, AnUnreadableFileIsAMatterOfPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads every file";
  const TemporaryFolder folder;
  const auto path = folder.Write("secret", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  EXPECT_EQ(KindOfRefusal(path), ErrorKind::kPermission);
}

}  // namespace
}  // namespace joulecast
