// SPDX-License-Identifier: Apache-2.0
#include "formats/load_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

const ModelFormat kFakeZoo = {
    .name = "fake zoo",
    .expects = "a name that `joulecast zoo` lists",
    .load = [](std::string_view name) -> std::optional<LoadedModel> {
      if (name != "vgg16") return std::nullopt;
      return Graph{.name = "vgg16", .format = "zoo"};
    },
    .names =
        [] {
          return std::vector<std::string>{"alexnet", "vgg16"};
        },
};
constexpr const ModelFormat* kTable[] = {&kFakeZoo, &kOnnx};

std::string ErrorOf(std::string_view name, ErrorKind kind) {
  try {
    LoadModel(name, kTable);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "accepted " << name;
  return "";
}

TEST(LoadModelTest, TheFirstFormatThatKnowsTheNameTakesIt) {
  EXPECT_EQ(LoadModel("vgg16", kTable).format, "zoo");
}

TEST(LoadModelTest, SlipsAreAnsweredByTheClosestName) {
  EXPECT_THAT(ErrorOf("vgg61", ErrorKind::kUsage), HasSubstr("did you mean 'vgg16'?"));
}

TEST(LoadModelTest, UnknownNamesAreAnsweredByWhatIsAccepted) {
  EXPECT_THAT(ErrorOf("transmogrifier", ErrorKind::kUsage),
              HasSubstr("a name that `joulecast zoo` lists or a file ending in .onnx"));
}

TEST(LoadModelTest, MissingFilesAndFoldersAreSaidToBe) {
  EXPECT_THAT(ErrorOf("missing.onnx", ErrorKind::kInput), HasSubstr("No such file"));
  EXPECT_THAT(ErrorOf("/", ErrorKind::kInput), HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace joulecast
