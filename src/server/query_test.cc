// SPDX-License-Identifier: Apache-2.0
#include "server/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

struct Asked {
  std::optional<std::int64_t> batch;
  std::vector<std::string> shapes;
  std::string region;

  explicit Asked(std::string_view query) {
    const std::vector<Parameter> parameters = {{.name = "batch", .target = &batch},
                                               {.name = "shape", .target = &shapes},
                                               {.name = "region", .target = &region}};
    ReadQuery(query, parameters);
  }
};

std::string ErrorOf(std::string_view query) {
  try {
    Asked asked(query);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "accepted " << query;
  return "";
}

TEST(QueryTest, GivesParametersTheirValues) {
  const Asked asked("batch=8&shape=in%3D1x3&&shape=s=2&region=a+b%2B%C3%A9");
  EXPECT_EQ(asked.batch, 8);
  EXPECT_EQ(asked.shapes, (std::vector<std::string>{"in=1x3", "s=2"}));
  EXPECT_EQ(asked.region, "a b+\u00e9");
  EXPECT_EQ(Asked("").batch, std::nullopt);
  EXPECT_EQ(Asked("%62atch=8").batch, 8) << "names may be escaped too";
}

TEST(QueryTest, BadEscapesAreRefused) {
  for (const char* query :
       {"region=%", "region=%4", "region=%zz", "region=%-1", "region=%+1", "%G0=1"}) {
    EXPECT_THAT(ErrorOf(query), HasSubstr("no escape")) << query;
  }
}

TEST(QueryTest, WhatIsNoPrintableUtf8IsRefused) {
  for (const char* query : {"region=%ff", "region=%00", "region=%0a", "region=%ed%a0%80",
                            "region=%c0%af", "region=%f5%80%80%80", "%80=1"}) {
    EXPECT_THAT(ErrorOf(query), HasSubstr("not printable UTF-8")) << query;
  }
}

TEST(QueryTest, UnknownParametersAreGuessed) {
  EXPECT_THAT(ErrorOf("bach=8"), HasSubstr("did you mean 'batch'?"));
  EXPECT_THAT(ErrorOf("q=8"), HasSubstr("known: batch, shape, region"));
  EXPECT_THAT(ErrorOf("batch"), HasSubstr("no whole number"));
  EXPECT_THAT(ErrorOf("batch=1&batch=2"), HasSubstr("given twice"));
}

}  // namespace
}  // namespace joulecast
