// SPDX-License-Identifier: Apache-2.0
#include "request/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "joulecast/error.h"
#include "request/estimate_request.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

const Parameter& Named(std::span<const Parameter> parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return parameter;
  }
  throw std::out_of_range(std::string(name));
}

std::string ErrorOf(const Parameter& parameter, std::string_view text) {
  try {
    Set(parameter, text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "accepted " << text;
  return "";
}

TEST(ParameterTest, EveryNameIsThereOnce) {
  EstimateRequest request;
  std::set<std::string> names;
  for (const Parameter& parameter : request.Parameters()) {
    EXPECT_TRUE(names.insert(FlagOf(parameter)).second) << parameter.name;
  }
  EXPECT_TRUE(names.contains("--gco2-per-kwh"));
}

TEST(ParameterTest, ValuesGoIntoTheRequest) {
  EstimateRequest request;
  const auto parameters = request.Parameters();
  Set(Named(parameters, "batch"), "8");
  Set(Named(parameters, "pue"), "1.5");
  Set(Named(parameters, "dtype"), "f16");
  Set(Named(parameters, "shape"), "b=1x2");
  Set(Named(parameters, "shape"), "a=3");
  EXPECT_EQ(request.input.batch, 8);
  EXPECT_EQ(request.footprint.pue, 1.5);
  EXPECT_EQ(request.input.dtype, "f16");
  EXPECT_EQ(request.input.shapes, (std::vector<std::string>{"b=1x2", "a=3"}));
  EXPECT_EQ(CanonicalText(parameters), "batch=8&shape=a=3&shape=b=1x2&dtype=f16&pue=1.5");
}

TEST(ParameterTest, WhatIsNoValueIsSaidToBe) {
  EstimateRequest request;
  const auto parameters = request.Parameters();
  EXPECT_THAT(ErrorOf(Named(parameters, "batch"), "many"), HasSubstr("--batch many: "));
  EXPECT_THAT(ErrorOf(Named(parameters, "batch"), "99999999999999999999"),
              HasSubstr("no whole number"));
  EXPECT_THAT(ErrorOf(Named(parameters, "pue"), "nan"), HasSubstr("no number"));
  EXPECT_THAT(ErrorOf(Named(parameters, "dtype"), "f8"), HasSubstr("f64, f32, f16, bf16"));
  Set(Named(parameters, "generate"), "8");
  EXPECT_THAT(ErrorOf(Named(parameters, "generate"), "9"), HasSubstr("given twice"));
}

}  // namespace
}  // namespace joulecast
