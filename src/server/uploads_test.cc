// SPDX-License-Identifier: Apache-2.0
#include "server/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/refusal.h"

namespace joulecast {
namespace {

ReceivedModel Model(std::size_t bytes) {
  return {.name = "net.onnx", .kept = std::string(bytes, 'x')};
}

TEST(UploadsTest, NamesCannotBeGuessed) {
  Uploads uploads(100'000);
  const std::string first = uploads.Add(Model(1000));
  const std::string second = uploads.Add(Model(1000));
  EXPECT_THAT(first, testing::MatchesRegex("upload:[0-9a-f]{32}"));
  EXPECT_NE(first, second);
  EXPECT_TRUE(Uploads::IsId(first));
  EXPECT_EQ(uploads.Find(second)->name, "net.onnx");
}

TEST(UploadsTest, OldModelsMakeRoomForNewOnes) {
  Uploads uploads(10'000);
  const std::string first = uploads.Add(Model(4000));
  for (int i = 0; i < 3; ++i) uploads.Add(Model(4000));
  EXPECT_LE(uploads.bytes(), 10'000u);
  EXPECT_EQ(uploads.size(), 2u);
  try {
    uploads.Find(first);
    ADD_FAILURE() << "still there";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status(), 404);
    EXPECT_THAT(refusal.what(), testing::HasSubstr("upload it again"));
  }
}

TEST(MemoryBudgetTest, IsSharedAndGivenBack) {
  MemoryBudget budget(1000);
  MemoryBudget::Lease first(budget);
  first.Resize(600);
  {
    MemoryBudget::Lease second(budget);
    second.Resize(300);
    EXPECT_THROW(second.Resize(401), Refusal);
  }
  MemoryBudget::Lease third(budget);
  EXPECT_NO_THROW(third.Resize(400));
  first.Resize(0);
  EXPECT_NO_THROW(third.Resize(1000));
}

}  // namespace
}  // namespace joulecast
