// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

const Attributes kSwin = {
    {"window", std::int64_t{7}}, {"shift", std::int64_t{3}}, {"pads", std::int64_t{1}}};

TEST(WindowsTest, AnImageIsCutAndJoinedAgain) {
  const Attributes plain = {{"window", std::int64_t{7}}};
  // 56 / 7 = 8 windows along each axis.
  EXPECT_EQ(Lower("joulecast::CutWindows", {Data({2, 56, 56, 96})}, plain),
            (Result{"windows in=602112 out=602112 copies=1 dtype=f32", "128x49x96"}));
  EXPECT_EQ(Lower("joulecast::JoinWindows", {Data({128, 49, 96}), Data({2, 56, 56, 96})}, plain),
            (Result{"windows in=602112 out=602112 copies=1 dtype=f32", "2x56x56x96"}));
}

TEST(WindowsTest, ShiftingCopiesTwiceMore) {
  EXPECT_EQ(Lower("joulecast::CutWindows", {Data({1, 14, 14, 8})}, kSwin).spec,
            "windows in=1568 out=1568 copies=3 dtype=f32");
  // One window holds the whole image: there is nothing to shift into.
  EXPECT_EQ(Lower("joulecast::CutWindows", {Data({1, 7, 7, 8})}, kSwin).spec,
            "windows in=392 out=392 copies=1 dtype=f32");
}

TEST(WindowsTest, AnImageThatDoesNotFitIsPaddedOrRefused) {
  // 10 pixels become 14 = 2 windows; padding is one copy more, shifting two.
  EXPECT_EQ(Lower("joulecast::CutWindows", {Data({1, 10, 7, 8})}, kSwin),
            (Result{"windows in=560 out=784 copies=4 dtype=f32", "2x49x8"}));
  EXPECT_THAT(
      Complaint("joulecast::CutWindows", {Data({1, 10, 7, 8})}, {{"window", std::int64_t{7}}}),
      HasSubstr("windows of 7x7 do not fit 1x10x7x8; choose an image"));
}

TEST(WindowsTest, EachCopyReadsAndWrites) {
  // 560 padded to 784, rolled twice, cut: reads 560 + 3 * 784, writes 4 * 784, four bytes each.
  const auto work =
      LowerWhole("joulecast::CutWindows", {Data({1, 10, 7, 8})}, kSwin)->spec.CountWork();
  EXPECT_EQ(work.input_bytes, 4 * (560 + 3 * 784));
  EXPECT_EQ(work.output_bytes, 4 * (4 * 784));
  EXPECT_EQ(work.macs, 0);
}

TEST(WindowsTest, FourPixelsMergeIntoOne) {
  EXPECT_EQ(Lower("joulecast::MergePatches", {Data({2, 56, 28, 96})}),
            (Result{"windows in=301056 out=301056 copies=1 dtype=f32", "2x28x14x384"}));
  EXPECT_EQ(Lower("joulecast::MergePatches", {Data({1, 5, 4, 2})}),
            (Result{"windows in=40 out=48 copies=2 dtype=f32", "1x3x2x8"}));  // padded to 6 rows
}

TEST(WindowsTest, RelativeBiasesAreStoredOnceForEachOffset) {
  const TensorInfo scores = Data({64, 3, 49, 49});  // 64 * 3 * 49 * 49 = 460992
  EXPECT_EQ(Lower("joulecast::AddRelativeBias", {scores, Stored({169, 3})}),
            (Result{"add out=460992 in=461499 weights=507 inplace=0 dtype=f32", "64x3x49x49"}));
  EXPECT_EQ(Lower("joulecast::AddRelativeBias", {scores, Data({169, 3})}).spec,
            "add out=460992 in=461499 inplace=0 dtype=f32");
  EXPECT_THAT(Complaint("joulecast::AddRelativeBias", {scores, Stored({225, 3})}),
              HasSubstr("table 225x3 does not fit scores of 64x3x49x49"));
}

TEST(WindowsTest, MasksAreThereOnlyWhereWindowsShift) {
  // 4 windows: 4 * 49 * 49 = 9604 mask values for 2 samples of as many windows and 3 heads.
  EXPECT_EQ(
      Lower("joulecast::AddWindowMask", {Data({8, 3, 49, 49}), Data({2, 14, 14, 96})}, kSwin).spec,
      "add out=57624 in=67228 inplace=0 dtype=f32");
  EXPECT_EQ(
      Lower("joulecast::AddWindowMask", {Data({2, 3, 49, 49}), Data({2, 7, 7, 96})}, kSwin).spec,
      "reshape elements=14406 dtype=f32");
}

TEST(WindowsTest, TokensHaveAClassAndPositions) {
  EXPECT_EQ(Lower("joulecast::PrependToken", {Stored({1, 1, 768}), Data({2, 196, 768})}),
            (Result{"concat elements=302592 parts=2 weights=768 dtype=f32", "2x197x768"}));
  EXPECT_EQ(Lower("joulecast::AddPositions", {Data({2, 197, 768})}),
            (Result{"add out=302592 in=453888 weights=151296 inplace=0 dtype=f32", "2x197x768"}));
}

TEST(TrainingOnlyTest, CountsParametersAndNoWork) {
  const auto lowered =
      LowerWhole("joulecast::TrainingOnly", {Stored({128, 768, 1, 1}), Stored({128})});
  const Work work = lowered->spec.CountWork();
  EXPECT_EQ(work.params, 128 * 768 + 128);
  EXPECT_EQ(work.bytes() + work.macs, 0);
}

}  // namespace
}  // namespace joulecast
