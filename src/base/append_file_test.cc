// SPDX-License-Identifier: Apache-2.0
#include "base/append_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/temporary_folder.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::string_view kHeader = "a,b\n";

TEST(AppendFileTest, AnEmptyFileGetsItsHeaderFirst) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "rows.csv";
  PrepareRows(path, kHeader);
  AppendRows(path, kHeader, "1,2\n");
  AppendRows(path, kHeader, "3,4\n");
  EXPECT_EQ(TemporaryFolder::Read(path), "a,b\n1,2\n3,4\n");
}

TEST(AppendFileTest, AnotherHeaderIsRefusedAndKept) {
  const TemporaryFolder folder;
  for (const char* content : {"a,c\n1,2\n", "a,b", "x"}) {
    const auto path = folder.Write("other.csv", content);
    EXPECT_THROW(PrepareRows(path, kHeader), Error) << content;
    EXPECT_THROW(AppendRows(path, kHeader, "1,2\n"), Error) << content;
    EXPECT_EQ(TemporaryFolder::Read(path), content);
  }
}

TEST(AppendFileTest, ATornLineIsEnded) {
  const TemporaryFolder folder;
  const auto path = folder.Write("torn.csv", "a,b\n1,2\n3,");
  AppendRows(path, kHeader, "5,6\n");
  EXPECT_EQ(TemporaryFolder::Read(path), "a,b\n1,2\n3,\n5,6\n");
}

TEST(AppendFileTest, AFolderAndADeviceAreNoFiles) {
  const TemporaryFolder folder;
  EXPECT_THROW(PrepareRows(folder.path(), kHeader), Error);
  EXPECT_THROW(PrepareRows("/dev/null", kHeader), Error);
}

TEST(AppendFileTest, ThoseWhoAppendAtOnceLoseNothing) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "rows.csv";
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&] {
      for (int row = 0; row < 10; ++row) AppendRows(path, kHeader, "1,2\n");
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(TemporaryFolder::Read(path).size(), kHeader.size() + 40 * 4);
}

}  // namespace
}  // namespace joulecast
