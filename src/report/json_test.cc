// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "joulecast/report.h"
#include "report/comparison.h"
#include "report/explanation.h"
#include "report/test_estimate.h"

namespace joulecast {
namespace {

using Json = nlohmann::json;

void ExpectKeys(const Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) EXPECT_TRUE(json.contains(key)) << key;
}

TEST(ReportJsonTest, AnEstimateHasEveryPromisedKey) {
  const Profile profile = HandProfile();
  const Json json = Json::parse(EstimateJson(EstimateOf("net", profile), profile));
  ExpectKeys(json, {"model", "device", "batch", "kind", "energy_j", "energy_j_low", "energy_j_high",
                    "interval", "time_s", "power_w", "macs", "params", "coverage", "profile",
                    "layers", "warnings"});
  ExpectKeys(json["coverage"], {"fitted", "fallback", "free", "unknown"});
  ExpectKeys(json["profile"], {"device", "kind", "meter", "hardware", "software", "dataset",
                               "training_rows", "features_version"});
  ASSERT_EQ(json["layers"].size(), 4u);
  for (const Json& layer : json["layers"]) {
    ExpectKeys(layer,
               {"index", "name", "type", "spec", "macs", "params", "bytes", "energy_j",
                "energy_j_low", "energy_j_high", "time_s", "share", "coverage", "in_support"});
  }
  EXPECT_EQ(json["kind"], "forecast");
  EXPECT_EQ(json["interval"], 0.9);
  EXPECT_NEAR(json["energy_j"].get<double>(), 0.03764, 1e-12);  // see EstimateTest
  EXPECT_EQ(json["macs"], 4'000'000);
  EXPECT_EQ(json["macs_with_bias"], 4'004'000);
}

TEST(ReportJsonTest, WhatIsNotKnownIsNullAndNotZero) {
  const Profile profile = HandProfile();
  const Json json = Json::parse(EstimateJson(EstimateOf("net", profile), profile));
  const Json& odd = json["layers"][3];
  EXPECT_EQ(odd["type"], "unknown");
  EXPECT_EQ(odd["op"], "odd::net");
  EXPECT_TRUE(odd["spec"].is_null());
  EXPECT_TRUE(odd["macs"].is_null());
  EXPECT_TRUE(odd["params"].is_null());
  EXPECT_EQ(odd["bytes"], 1'000'000);
  EXPECT_EQ(odd["coverage"], "unknown");
  EXPECT_GT(odd["energy_j"], 0);
}

TEST(ReportJsonTest, NothingTakesNoTimeAndHasNoPower) {
  const Profile profile = HandProfile();
  LayeredModel model = FourLayers("net");
  model.layers = {model.layers[2]};  // a view alone
  const Json json = Json::parse(EstimateJson(EstimateModel(model, Predictor(profile)), profile));
  EXPECT_EQ(json["energy_j"], 0);
  EXPECT_TRUE(json["power_w"].is_null());
}

TEST(ReportJsonTest, LayersHaveNoEnergy) {
  const Json json = Json::parse(LayersJson(FourLayers("net")));
  ASSERT_EQ(json["layers"].size(), 4u);
  for (const Json& layer : json["layers"]) {
    ExpectKeys(layer, {"index", "name", "op", "type", "spec", "macs", "params", "bytes"});
    EXPECT_FALSE(layer.contains("energy_j"));
  }
}

TEST(ReportJsonTest, AnySpecCanBeReadAgain) {
  const Json json = Json::parse(LayersJson(FourLayers("net")));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto text = json["layers"][i]["spec"].get<std::string>();
    EXPECT_EQ(LayerSpec::Parse(text).ToString(), text);
  }
}

TEST(ReportJsonTest, IsValidWhateverTheNames) {
  for (const std::string& name : kOddNames) {
    Profile profile = HandProfile();
    profile.title = profile.provenance.meter = name;
    const LayeredModel model = FourLayers(name);
    const Predictor predictor(profile);
    const Estimate estimate = EstimateModel(model, predictor);
    const Comparison comparison{{profile}, {{estimate}}};
    for (const std::string& text :
         {EstimateJson(estimate, profile), LayersJson(model), CompareJson(comparison),
          ComparisonData(comparison), DevicesJson(std::vector<Profile>{profile}),
          ExplanationJson(ExplainModel(model, predictor), profile)}) {
      EXPECT_TRUE(Json::accept(text)) << text;
      EXPECT_EQ(text.back(), '\n');
    }
  }
}

TEST(ReportJsonTest, NamesOfUtf8StayAsTheyAre) {
  const Json json = Json::parse(LayersJson(FourLayers("層/é\n")));
  EXPECT_EQ(json["layers"][0]["name"], "層/é\n");
}

}  // namespace
}  // namespace joulecast
