// SPDX-License-Identifier: Apache-2.0
#include "joulecast/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "joulecast/error.h"
#include "predict/test_profile.h"
#include "predict/traits.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

void ExpectRefused(const std::string& text, const std::string& said) {
  try {
    ParseProfile(text, "origin.json");
    ADD_FAILURE() << "accepted, though it should say: " << said;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("origin.json"));
    EXPECT_THAT(error.what(), HasSubstr(said));
  }
}

TEST(ProfileTest, WhatIsWrittenIsRead) {
  Profile profile = HandProfile(1.4);
  profile.device = "näme \"quoted\"\n";
  profile.interval_level = 0.8;
  double next = 1;
  for (const TraitField& field : kTraitFields) profile.traits.*field.member = next++;
  profile.layers[0].energy.coefficients[1] = 0.1 + 0.2;  // needs 17 digits
  profile.layers[0].energy.coefficients[2] = 5e-324;
  profile.layers[0].dtypes = {DType::kF32, DType::kBF16};
  profile.drift = 0.01;
  const Profile read = ParseProfile(WriteProfile(profile), "text");

  EXPECT_EQ(read.device, profile.device);
  EXPECT_EQ(read.title, profile.title);
  EXPECT_EQ(read.interval_level, 0.8);
  next = 1;
  for (const TraitField& field : kTraitFields) {
    EXPECT_EQ(read.traits.*field.member, next++) << field.name;
  }
  EXPECT_EQ(read.generic_energy.per_gmac, 2);
  EXPECT_EQ(read.generic_energy.half_width, std::log(2.0));
  EXPECT_EQ(read.generic_time.per_gb, 0.03);
  EXPECT_EQ(read.drift, 0.01);
  EXPECT_EQ(read.provenance.meter, "a meter");
  EXPECT_EQ(read.provenance.training_rows, 120);

  ASSERT_EQ(read.layers.size(), 1u);
  const LayerModel& model = read.layers[0];
  EXPECT_EQ(model.type, FindLayerType("linear"));
  EXPECT_EQ(model.dtypes, profile.layers[0].dtypes);
  EXPECT_EQ(model.energy.coefficients, profile.layers[0].energy.coefficients);
  EXPECT_EQ(model.energy.overlap_exponent, 1.4);
  EXPECT_EQ(model.time.coefficients, profile.layers[0].time.coefficients);
  EXPECT_EQ(model.interval.uncertainty, profile.layers[0].interval.uncertainty);
  EXPECT_EQ(model.interval.floor, 0.05);
  EXPECT_EQ(model.interval.scale, 1.5);
  EXPECT_EQ(model.interval.scale_per_distance, 0.5);
  EXPECT_EQ(model.interval.tested_distance, 2);
  EXPECT_EQ(model.other_page_states, profile.layers[0].other_page_states);
  EXPECT_EQ(model.support.least, profile.layers[0].support.least);
  EXPECT_EQ(model.support.most, profile.layers[0].support.most);
  EXPECT_EQ(model.training_rows, 120);
  EXPECT_EQ(model.cv_mape_percent, 3.25);
}

TEST(ProfileTest, WritingWhatWasReadChangesNothing) {
  const std::string text = WriteProfile(HandProfile(2));
  EXPECT_EQ(WriteProfile(ParseProfile(text, "text")), text);
}

TEST(ProfileTest, ATitleThatIsNotUtf8DoesNotStopTheWriting) {
  Profile profile = HandProfile();
  profile.title = "caf\xe9";
  EXPECT_EQ(ParseProfile(WriteProfile(profile), "text").title, "caf\xef\xbf\xbd");  // U+FFFD
}

TEST(ProfileTest, FindsOnlyItsOwnTypes) {
  const Profile profile = HandProfile();
  EXPECT_EQ(profile.Find(*FindLayerType("linear")), &profile.layers[0]);
  EXPECT_EQ(profile.Find(*FindLayerType("conv2d")), nullptr);
}

TEST(ProfileTest, WhatIsNoProfileIsRefused) {
  const std::string good = WriteProfile(HandProfile());
  ExpectRefused("", "not JSON");
  ExpectRefused("joules", "not JSON");
  ExpectRefused(good.substr(0, good.size() / 2), "cut off");
  ExpectRefused(good + "}", "not JSON");
  const std::string deep(100'000, '[');  // what prints it would run out of stack
  ExpectRefused(R"({"format": "joulecast-profile", "features_version": )" + deep +
                    std::string(deep.size(), ']') + "}",
                "nested too deeply");
  ExpectRefused("[]", "not a Joulecast device profile");
  ExpectRefused("null", "not a Joulecast device profile");
  ExpectRefused("3", "not a Joulecast device profile");
  ExpectRefused("{}", "not a Joulecast device profile");
  ExpectRefused(R"({"format": "another"})", "not a Joulecast device profile");
  ExpectRefused(R"({"format": 7})", "");
}

TEST(ProfileTest, EveryCutIsRefused) {
  const std::string good = WriteProfile(HandProfile());
  for (std::size_t length = 0; length + 2 < good.size(); length += 7) {
    ExpectRefused(good.substr(0, length), "not JSON");
  }
}

struct Damage {
  const char* where;  ///< JSON pointer
  Json value;         ///< what stands there instead; discarded: nothing does
  const char* said;

  friend void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.where; }
};

class DamagedProfileTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedProfileTest, IsRefused) {
  Json json = Json::parse(WriteProfile(HandProfile()));
  const Json::json_pointer where(GetParam().where);
  if (GetParam().value.is_discarded()) {
    ASSERT_TRUE(json.contains(where));
    json.at(where.parent_pointer()).erase(where.back());
  } else {
    json[where] = GetParam().value;
  }
  ExpectRefused(json.dump(), GetParam().said);
}

const Json kGone = Json(Json::value_t::discarded);
constexpr const char* kMacs = "/layers/linear/energy_j_per_unit/coefficients/macs";

const Damage kDamages[] = {
    {"/features_version", kFeaturesVersion + 1, "features version 3"},
    {"/features_version", kFeaturesVersion + 0.5, "features version 2.5"},
    {"/features_version", true, "features version true"},
    {"/features_version", kGone, "features_version"},
    {"/device", kGone, "device"},
    {"/title", 3, "wrong kind"},
    {"/interval_level", 1.5, "interval_level"},
    {"/traits", kGone, "traits"},
    {"/traits/l2_bytes", -1, "l2_bytes"},
    {"/traits/vector_block", 0, "vector_block"},
    {"/traits/vector_registers", 0, "vector_registers"},
    {"/generic/per_gmac_j", -0.5, "per_gmac_j"},
    {"/generic/half_width_s", kGone, "half_width_s"},
    {"/layers/linear/interval/correlation", 1.1, "correlation"},
    {"/provenance/meter", kGone, "meter"},
    {"/provenance/training_rows", 1.5, "whole number"},
    {"/layers", nullptr, "layers"},
    {"/layers", Json::array(), "layers"},
    {"/layers/conv9d", Json::object(), "conv9d"},
    {"/layers/reshape", Json::object(), "reshape"},  // a type without terms
    {kMacs, -1, "macs"},
    {kMacs, nullptr, "wrong kind"},  // what JSON makes of NaN
    {kMacs, "1", "wrong kind"},
    {kMacs, kGone, "macs"},
    {"/layers/linear/energy_j_per_unit/coefficients/magic", 1,
     "does not know; fit it again with: joulecast fit"},
    {"/layers/linear/energy_j_per_unit/overlap_exponent", 0.9, "overlap exponent"},
    {"/layers/linear/time_s_per_unit", kGone, "time_s_per_unit"},
    {"/layers/linear/interval/scale", -1, "scale"},
    {"/layers/linear/interval/uncertainty/call", kGone, "call"},
    {"/layers/linear/interval/scale_per_distance", kGone, "scale_per_distance"},
    {"/layers/linear/other_page_states_bytes", Json::array({-1}), "other_page_states_bytes"},
    {"/layers/linear/dtypes/0", "f33", "element type"},
    {"/layers/linear/support/batch", kGone, "batch"},
    {"/layers/linear/support/batch/least", Json::array({1, 2}), "wrong length"},
    {"/layers/linear/support/batch/least/0", 65, "inverted"},  // the most is 64
    {"/layers/linear/support/batch/most/0", 8.5, "whole number"},
    {"/layers/linear/training_rows", -1, "negative"},
};
INSTANTIATE_TEST_SUITE_P(Every, DamagedProfileTest, testing::ValuesIn(kDamages));

TEST(ProfileTest, NumbersPastTheLargestAreRefused) {
  std::string text = WriteProfile(HandProfile());
  const std::string level = "\"interval_level\": 0.9";
  ASSERT_NE(text.find(level), std::string::npos);
  text.replace(text.find(level), level.size(), "\"interval_level\": 1e999");
  ExpectRefused(text, "");
}

}  // namespace
}  // namespace joulecast
