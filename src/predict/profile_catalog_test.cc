// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "predict/test_profile.h"

namespace joulecast {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// A folder of profiles that $JOULECAST_PROFILES names.
class ProfileCatalogTest : public testing::Test {
 protected:
  void SetUp() override { ::setenv("JOULECAST_PROFILES", folder_.path().c_str(), 1); }
  void TearDown() override { ::unsetenv("JOULECAST_PROFILES"); }

  const TemporaryFolder folder_;
};

TEST_F(ProfileCatalogTest, TheDefaultDeviceShips) {
  EXPECT_THAT(KnownDevices(), Contains(DefaultDevice()));
  EXPECT_EQ(LoadProfile(DefaultDevice()).device, DefaultDevice());
}

TEST_F(ProfileCatalogTest, EveryShippedProfileIsItsOwnDevice) {
  for (const std::string& name : KnownDevices()) EXPECT_EQ(LoadProfile(name).device, name);
}

TEST_F(ProfileCatalogTest, OwnProfilesStandBehindThoseThatShip) {
  const std::size_t shipped = KnownDevices().size();
  folder_.Write("b.json", WriteProfile(HandProfile()));
  folder_.Write("a.json", WriteProfile(HandProfile()));
  folder_.Write("notes.txt", "not a profile");
  const std::vector<std::string> known = KnownDevices();
  ASSERT_EQ(known.size(), shipped + 2);
  EXPECT_EQ(known[shipped], "a");
  EXPECT_EQ(known[shipped + 1], "b");
  EXPECT_EQ(LoadProfile("b").title, HandProfile().title);
}

TEST_F(ProfileCatalogTest, AnOwnProfileReplacesTheShippedOneOfItsName) {
  const std::vector<std::string> before = KnownDevices();
  folder_.Write(DefaultDevice() + ".json", WriteProfile(HandProfile()));
  EXPECT_EQ(KnownDevices(), before);  // once, not twice
  EXPECT_EQ(LoadProfile(DefaultDevice()).title, HandProfile().title);
}

TEST_F(ProfileCatalogTest, ABadFileIsKnownAndRefusedByItsPath) {
  const auto path = folder_.Write("bad.json", "{");
  EXPECT_THAT(KnownDevices(), Contains("bad"));
  try {
    LoadProfile("bad");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr(path.string()));
  }
}

TEST_F(ProfileCatalogTest, AnyPathOfAProfileWillDo) {
  const TemporaryFolder elsewhere;
  const auto path = elsewhere.Write("own.json", WriteProfile(HandProfile()));
  EXPECT_EQ(LoadProfile(path.string()).device, HandProfile().device);
  EXPECT_THAT(KnownDevices(), Not(Contains("own")));
  EXPECT_THROW(LoadProfile((elsewhere.path() / "missing.json").string()), Error);
}

TEST_F(ProfileCatalogTest, AnUnknownDeviceListsTheKnown) {
  folder_.Write("mine.json", WriteProfile(HandProfile()));
  try {
    LoadProfile("cray-1");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    EXPECT_THAT(error.what(), HasSubstr("cray-1"));
    EXPECT_THAT(error.what(), HasSubstr(DefaultDevice()));
    EXPECT_THAT(error.what(), HasSubstr("mine"));
  }
}

TEST_F(ProfileCatalogTest, AFolderThatIsNotThereHasNoProfiles) {
  const std::vector<std::string> shipped = KnownDevices();
  ::setenv("JOULECAST_PROFILES", (folder_.path() / "missing").c_str(), 1);
  EXPECT_EQ(KnownDevices(), shipped);
  ::setenv("JOULECAST_PROFILES", "", 1);
  EXPECT_EQ(KnownDevices(), shipped);
}

}  // namespace
}  // namespace joulecast
