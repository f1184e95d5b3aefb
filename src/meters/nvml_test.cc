// SPDX-License-Identifier: Apache-2.0
// On the library of tests/fakenvml, which says how it is told what to pretend.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/test_power.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

class NvmlTest : public ::testing::Test {
 protected:
  /// Loaded by its path, the library is then found by its name.
  NvmlTest() : library_(::dlopen(JOULECAST_FAKENVML, RTLD_NOW)) {}
  ~NvmlTest() override {
    if (library_ != nullptr) ::dlclose(library_);
    ::unsetenv("FAKENVML");
  }

  void SetUp() override { ASSERT_NE(library_, nullptr) << ::dlerror(); }

  void Pretend(std::string_view facts) {
    ::setenv("FAKENVML", folder_.Write("facts", facts).c_str(), 1);
  }

  static Error Failure(const std::string& argument = "") {
    try {
      kNvml.open(argument, {});
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::kInput, "it opens");
  }

  void* library_;
  TemporaryFolder folder_;
};

TEST_F(NvmlTest, CountsEveryGpuUnlessOneIsNamed) {
  Pretend("gpu GPU-aaaa 100\ngpu GPU-bbbb 50\n");
  const auto all = kNvml.open("", {});
  ASSERT_EQ(all->domains().size(), 2u);
  EXPECT_EQ(all->domains()[1].name, "gpu-1");
  EXPECT_EQ(all->domains()[1].part, "machine/gpu-GPU-bbbb");
  EXPECT_EQ(all->domains()[1].evidence, Evidence::kMeasured);
  EXPECT_EQ(all->longest_gap(), std::nullopt);
  EXPECT_THAT(all->source(), HasSubstr("535.54.03"));
  EXPECT_EQ(kNvml.open("1", {})->domains()[0].part, "machine/gpu-GPU-bbbb");
  EXPECT_EQ(kNvml.open("GPU-bbbb", {})->domains()[0].name, "gpu-1");
}

TEST_F(NvmlTest, TheCounterMovesByWholeTicks) {
  Pretend("gpu GPU-aaaa 100 tick-ms=50 late\n");
  const auto meter = kNvml.open("", {});
  Reading reading;
  for (int i = 0; i < 40; ++i) {
    meter->Read(reading);
    EXPECT_EQ(*reading.domains[0].raw % 5000, 0u) << "100 W for 50 ms are 5000 mJ";
    ::usleep(5000);
  }
  EXPECT_GE(*reading.domains[0].total, Joules(10));
}

TEST_F(NvmlTest, WithoutACounterItsPowerIsSummedAndTaggedSo) {
  Pretend("gpu GPU-aaaa 70 no-energy\n");
  const auto meter = kNvml.open("", {});
  EXPECT_EQ(meter->domains()[0].evidence, Evidence::kIntegrated);
  ASSERT_TRUE(meter->longest_gap());
  ExpectPower(*meter, Watts(70));
}

TEST_F(NvmlTest, ASplitGpuIsRefusedWithTheReason) {
  Pretend("gpu GPU-aaaa 100 mig\ngpu GPU-bbbb 50\n");
  EXPECT_THAT(Failure("0").what(), HasSubstr("gpu-0 is split by MIG"));
  EXPECT_THAT(Failure("0").what(), HasSubstr("sudo nvidia-smi -i 0 -mig 0"));
  EXPECT_THAT(Failure("MIG-1234").what(), HasSubstr("instance of a GPU"));
  const auto all = kNvml.open("", {});
  Reading reading;
  all->Read(reading);
  EXPECT_THAT(reading.domains[0].failure, HasSubstr("split by MIG"));
  EXPECT_TRUE(reading.domains[1].total);
}

TEST_F(NvmlTest, AGpuThatIsLostFailsAndTheOtherGoesOn) {
  Pretend("gpu GPU-aaaa 100 lost-after-ms=30\ngpu GPU-bbbb 50\n");
  const auto meter = kNvml.open("", {});
  Reading reading;
  meter->Read(reading);
  EXPECT_EQ(reading.domains[0].failure, "");
  ::usleep(40000);
  meter->Read(reading);
  EXPECT_THAT(reading.domains[0].failure, HasSubstr("GPU is lost"));
  EXPECT_TRUE(reading.domains[1].total);
}

TEST_F(NvmlTest, EachReasonNotToStartHasItsFix) {
  Pretend("init 9\n");
  EXPECT_THAT(Failure().what(), HasSubstr("Driver Not Loaded; load the driver"));
  EXPECT_EQ(Failure().kind(), ErrorKind::kDevice);
  Pretend("init 4\n");
  EXPECT_THAT(Failure().what(), HasSubstr("/dev/nvidiactl"));
  EXPECT_EQ(Failure().kind(), ErrorKind::kPermission);
  Pretend("init 18\n");
  EXPECT_THAT(Failure().what(), HasSubstr("reboot"));
  Pretend("");
  EXPECT_THAT(Failure().what(), HasSubstr("sees no GPU"));
  Pretend("gpu GPU-aaaa 100 code=4\n");
  EXPECT_THAT(Failure().what(), HasSubstr("Insufficient Permissions"));
}

TEST_F(NvmlTest, AnUnknownGpuIsRefused) {
  Pretend("gpu GPU-aaaa 100\n");
  EXPECT_THAT(Failure("1").what(), HasSubstr("no GPU '1': there are 1"));
  EXPECT_EQ(Failure("1").kind(), ErrorKind::kDevice);
  EXPECT_EQ(Failure("first").kind(), ErrorKind::kUsage);
  EXPECT_EQ(Failure("-1").kind(), ErrorKind::kDevice);
  EXPECT_THAT(Failure("GPU-zzzz").what(), HasSubstr("GPU-zzzz): Not Found"));
}

TEST(NvmlWithoutDriverTest, SaysWhatToInstall) {
  if (void* const library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW)) {
    ::dlclose(library);
    GTEST_SKIP() << "there is a driver here";
  }
  const Availability availability = Probe(kNvml, {});
  EXPECT_FALSE(availability.works);
  EXPECT_THAT(availability.why_not, HasSubstr("libnvidia-ml.so.1"));
  EXPECT_THAT(availability.fix, HasSubstr("driver"));
}

}  // namespace
}  // namespace joulecast
