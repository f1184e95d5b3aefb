// SPDX-License-Identifier: Apache-2.0
#include "predict/profile_store.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "predict/test_profile.h"

namespace joulecast {
namespace {

TEST(ProfileStoreTest, AShippedProfileIsReadOnce) {
  ProfileStore store;
  const auto profile = store.Load(DefaultDevice());
  EXPECT_EQ(profile->device, DefaultDevice());
  EXPECT_EQ(store.Load(DefaultDevice()), profile);
}

TEST(ProfileStoreTest, AFileIsReadAgainOnceItChanged) {
  const TemporaryFolder folder;
  Profile written = HandProfile();
  const std::string path = folder.Write("own.json", WriteProfile(written));
  ProfileStore store;
  const auto before = store.Load(path);
  EXPECT_EQ(store.Load(path), before);
  written.title += ", measured again";
  folder.Write("own.json", WriteProfile(written));
  EXPECT_EQ(store.Load(path)->title, written.title);
  EXPECT_EQ(before->title, HandProfile().title) << "who still uses it keeps what it has";
}

TEST(ProfileStoreTest, WhatIsNotThereIsAnErrorEachTime) {
  ProfileStore store;
  for (int i = 0; i < 2; ++i) EXPECT_THROW(store.Load("cray-1"), Error);
  for (int i = 0; i < 2; ++i) EXPECT_THROW(store.Load("/nowhere/own.json"), Error);
}

}  // namespace
}  // namespace joulecast
