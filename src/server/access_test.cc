// SPDX-License-Identifier: Apache-2.0
#include "server/access.h"

#include <gtest/gtest.h>

#include "server/refusal.h"

namespace joulecast {
namespace {

const AccessRules kHere = {.address = "127.0.0.1"};
const AccessRules kAnywhere = {.token = "a-token-of-20-letters", .address = "0.0.0.0"};

/// The status that a check refuses with; 200 if it does not.
template <typename Check>
int StatusOf(Check check, std::vector<std::pair<std::string, std::string>> headers,
             const AccessRules& rules) {
  try {
    check({.method = "GET", .target = "/", .headers = std::move(headers)}, rules);
  } catch (const Refusal& refusal) {
    return refusal.status();
  }
  return 200;
}

TEST(AccessTest, OnlyThisMachinesNamesAreAnsweredWithoutAToken) {
  for (const char* host :
       {"localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080"}) {
    EXPECT_EQ(StatusOf(CheckOrigin, {{"Host", host}}, kHere), 200) << host;
  }
  for (const char* host : {"evil.example", "evil.example:8080", "localhost.evil.example", "",
                           "127.0.0.1.evil.example", "localhost:80:evil", "[::1", "::1"}) {
    EXPECT_EQ(StatusOf(CheckOrigin, {{"host", host}}, kHere), 403) << host;
  }
  EXPECT_EQ(StatusOf(CheckOrigin, {}, kHere), 400);
  EXPECT_EQ(StatusOf(CheckOrigin, {{"Host", "localhost"}, {"HOST", "evil"}}, kHere), 400);
  EXPECT_EQ(StatusOf(CheckOrigin, {{"Host", "energy.example"}}, kAnywhere), 200);
}

TEST(AccessTest, PagesOfOtherSitesMayNotAsk) {
  const auto status = [](const char* origin) {
    return StatusOf(CheckOrigin, {{"Host", "localhost:8080"}, {"Origin", origin}}, kHere);
  };
  EXPECT_EQ(status("http://localhost:8080"), 200);
  for (const char* origin : {"http://evil.example", "http://localhost:9090", "null",
                             "http://localhost:8080.evil.example"}) {
    EXPECT_EQ(status(origin), 403) << origin;
  }
}

TEST(AccessTest, OnlyTheTokenIsTheToken) {
  const auto status = [](const char* given) {
    return StatusOf(CheckToken, {{"Authorization", given}}, kAnywhere);
  };
  EXPECT_EQ(status("Bearer a-token-of-20-letters"), 200);
  EXPECT_EQ(status("Basic bWU6YS10b2tlbi1vZi0yMC1sZXR0ZXJz"), 200) << "me:a-token-of-20-letters";
  EXPECT_EQ(status("Basic OmEtdG9rZW4tb2YtMjAtbGV0dGVycw=="), 200) << ":a-token-of-20-letters";
  for (const char* given :
       {"", "Bearer ", "Bearer a-token-of-20-letterS", "Bearer a-token-of-20-letter",
        "Bearer a-token-of-20-lettersa-token-of-20-letters", "Basic a-token-of-20-letters",
        "Basic YS10b2tlbi1vZi0yMC1sZXR0ZXJz", "Basic bWU6", "Basic bWU6d3Jvbmc=", "Basic %%%",
        "a-token-of-20-letters"}) {
    EXPECT_EQ(status(given), 401) << given;
  }
  EXPECT_EQ(StatusOf(CheckToken, {}, kAnywhere), 401);
  EXPECT_EQ(StatusOf(CheckToken, {}, kHere), 200);
}

}  // namespace
}  // namespace joulecast
