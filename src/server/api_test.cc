// SPDX-License-Identifier: Apache-2.0
#include "server/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/load_model.h"
#include "formats/onnx/model_writer.h"
#include "joulecast/report.h"
#include "report/web_assets.h"
#include "server/openapi.h"

namespace joulecast {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kEncoder =
    R"({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 2, "n_positions": 128,
        "vocab_size": 100})";

/// A network of one ReLU of a name that is no good.
std::string SmallModel() {
  namespace writer = onnx::writer;
  const std::string graph =
      writer::In(writer::ValueInfoProto("x", writer::kFloat, {"batch", "8"})) +
      writer::N(writer::NodeProto("Relu", "<script>alert(1)</script>", {"x"}, {"y"})) +
      writer::Out(writer::ValueInfoProto("y", writer::kFloat, {}));
  return writer::Model(graph);
}

/// An API and everything that a server does around it.
class ApiTest : public testing::Test {
 protected:
  HttpResponse Send(const std::string& method, const std::string& target,
                    const std::string& body = "", Headers headers = {}) {
    headers.emplace_back("Host", "localhost");
    const HttpRequest request{.method = method, .target = target, .headers = headers};
    HttpResponse answer;
    was_work_ = false;
    try {
      NextStep next = api_.Begin(request);
      if (auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&next)) {
        (*reader)->Take(std::as_bytes(std::span(body)));
        answer = (*reader)->Finish();
      } else if (auto* work = std::get_if<std::function<HttpResponse()>>(&next)) {
        was_work_ = true;
        answer = (*work)();
      } else {
        answer = std::get<HttpResponse>(std::move(next));
      }
    } catch (...) {
      answer = api_.Explain(std::current_exception());
    }
    api_.Finished({.request = request, .status = answer.status});
    return answer;
  }

  HttpResponse Get(const std::string& target) { return Send("GET", target); }
  static Json Parse(const HttpResponse& answer) { return Json::parse(answer.body()); }

  /// Sees that an answer is an error, and returns its message.
  std::string ErrorOf(const HttpResponse& answer, int status, const std::string& kind) {
    EXPECT_EQ(answer.status, status) << answer.body();
    const Json json = Parse(answer);
    EXPECT_EQ(json["error"]["kind"], kind);
    return json["error"]["message"];
  }

  Profile profile_ = LoadProfile(DefaultDevice());
  std::vector<std::string> log_;
  Api api_{{profile_},
           {.access = {.address = "127.0.0.1"},
            .version = "1.2.3",
            .log = [this](const std::string& line) { log_.push_back(line); }}};
  bool was_work_ = false;  ///< the last answer was computed
};

TEST_F(ApiTest, AnEstimateIsWhatTheCommandPrints) {
  ModelRequest asked{.batch = 8, .dtype = "f16"};
  const joulecast::Estimate expected =
      EstimateModel(asked.LayersOf(LoadModel("alexnet"), "alexnet"), Predictor(profile_));
  const HttpResponse answer = Get("/api/v1/estimate?model=alexnet&batch=8&dtype=f16");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body(), EstimateJson(expected, profile_));
}

TEST_F(ApiTest, LayersAreWhatTheCommandPrints) {
  const HttpResponse answer = Get("/api/v1/layers?model=alexnet&shape=input%3D1x3x256x256");
  EXPECT_EQ(answer.status, 200);
  ModelRequest asked{.shapes = {"input=1x3x256x256"}};
  EXPECT_EQ(answer.body(), LayersJson(asked.LayersOf(LoadModel("alexnet"), "alexnet")));
}

TEST_F(ApiTest, WhatWasAskedAlreadyIsRemembered) {
  Get("/api/v1/estimate?model=alexnet&batch=8&region=FR");
  EXPECT_TRUE(was_work_);
  const HttpResponse first = Get("/api/v1/estimate?model=alexnet&batch=8&region=FR");
  EXPECT_FALSE(was_work_);
  EXPECT_EQ(Get("/api/v1/estimate?region=%46R&&batch=08&model=alexnet").text, first.text);
  EXPECT_FALSE(was_work_) << "however it is written";
  EXPECT_NE(Get("/api/v1/estimate?model=alexnet&batch=8").text, first.text);
  EXPECT_TRUE(was_work_);
  Get("/api/v1/layers?model=alexnet&batch=8");
  EXPECT_TRUE(was_work_) << "another route";
}

TEST_F(ApiTest, FootprintsComeFromTheQuery) {
  const Json json = Parse(Get(
      "/api/v1/estimate?model=alexnet&gco2_per_kwh=360&pue=1.5&price_per_kwh=0.3&embodied_kg=100"));
  const double facility_j = json["footprint"]["per_inference"]["facility_energy_j"]["value"];
  EXPECT_DOUBLE_EQ(facility_j, 1.5 * json["energy_j"].get<double>());
  // 360 g per kWh is 1e-4 g per joule.
  EXPECT_NEAR(json["footprint"]["per_inference"]["operational_gco2"]["value"], 1e-4 * facility_j,
              1e-12 * facility_j);
  ErrorOf(Get("/api/v1/estimate?model=alexnet&region=FR&gco2_per_kwh=3"), 400, "usage");
  ErrorOf(Get("/api/v1/estimate?model=alexnet&lifetime_years=3"), 400, "usage");
}

TEST_F(ApiTest, AnUploadIsAModelLikeAnyOther) {
  const HttpResponse added =
      Send("POST", "/api/v1/models", SmallModel(), {{"X-Model-Name", "d%C3%A9j%C3%A0.onnx"}});
  EXPECT_EQ(added.status, 201);
  const Json json = Parse(added);
  EXPECT_EQ(json["name"], "déjà.onnx");
  EXPECT_EQ(json["format"], "onnx");
  const std::string id = json["model"];
  const Json estimate = Parse(Get("/api/v1/estimate?batch=4&model=" + id));
  EXPECT_EQ(estimate["model"], "déjà");
  EXPECT_EQ(estimate["batch"], 4);
  EXPECT_EQ(estimate["layers"][0]["name"], "<script>alert(1)</script>");
  const Json layers = Parse(Get("/api/v1/layers?batch=4&model=" + id));
  EXPECT_EQ(layers["layers"].size(), 1u);
}

TEST_F(ApiTest, AnEstimateOfWhatIsSentAlong) {
  const HttpResponse answer = Send("POST", "/api/v1/estimate?batch=4", SmallModel());
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(answer.headers.size(), 1u);
  EXPECT_EQ(answer.headers[0].first, "X-Model");
  const HttpResponse again = Get("/api/v1/estimate?batch=4&model=" + answer.headers[0].second);
  EXPECT_FALSE(was_work_) << "it is remembered, answer and model";
  EXPECT_EQ(again.text, answer.text);
  ErrorOf(Send("POST", "/api/v1/estimate?model=alexnet", SmallModel()), 400, "usage");
}

TEST_F(ApiTest, LanguageModelsAreAskedInTokens) {
  const Json json = Parse(Send("POST", "/api/v1/estimate?prompt=16&generate=4&batch=2", kEncoder));
  EXPECT_EQ(json["prompt_tokens"], 16);
  EXPECT_EQ(json["generated_tokens"], 4);
  EXPECT_EQ(json["batch"], 2);
  const Json pass =
      Parse(Send("POST", "/api/v1/estimate?prompt=16&generate=4&phase=decode", kEncoder));
  EXPECT_TRUE(pass.contains("layers"));
  ErrorOf(Get("/api/v1/estimate?model=alexnet&prompt=16"), 400, "usage");
}

TEST_F(ApiTest, NoFileOfTheServerIsReached) {
  for (const char* model : {"/etc/passwd", "../../etc/passwd", "%2Fetc%2Fpasswd", "/dev/zero", ".",
                            "", "file%3A%2F%2F%2Fetc%2Fpasswd", "net.onnx"}) {
    const std::string message =
        ErrorOf(Get("/api/v1/estimate?model=" + std::string(model)), 400, "usage");
    EXPECT_THAT(message, testing::Not(HasSubstr("no such file"))) << model;
  }
  ErrorOf(Get("/api/v1/estimate?model=alexnet&device=%2Fetc%2Fpasswd.json"), 404, "device");
  ErrorOf(Get("/../../etc/passwd"), 404, "not_found");
  ErrorOf(Get("/%2e%2e/etc/passwd"), 404, "not_found");
  ErrorOf(Get("//etc/passwd"), 404, "not_found");
  ErrorOf(Get("http://localhost/etc/passwd"), 404, "not_found");
}

TEST_F(ApiTest, WhatIsWrongIsSaid) {
  EXPECT_THAT(ErrorOf(Get("/api/v1/estimate?model=alexnot"), 400, "usage"),
              HasSubstr("did you mean 'alexnet'?"));
  EXPECT_THAT(ErrorOf(Get("/api/v1/estimate?model=alexnet&device=x"), 404, "device"),
              HasSubstr(DefaultDevice()));
  EXPECT_THAT(ErrorOf(Get("/api/v1/estimate?model=upload:00"), 404, "not_found"),
              HasSubstr("upload it again"));
  EXPECT_THAT(ErrorOf(Send("POST", "/api/v1/models", "PK\x03\x04"), 422, "input"),
              HasSubstr("a zip archive"));
  EXPECT_THAT(ErrorOf(Get("/api/v1/estimate?model=alexnet&bach=8"), 400, "usage"),
              HasSubstr("did you mean 'batch'?"));
  EXPECT_THAT(ErrorOf(Send("POST", "/api/v1/models?x=1", SmallModel()), 400, "usage"),
              HasSubstr("nothing can be asked"));
  EXPECT_THAT(ErrorOf(Send("POST", "/api/v1/models", SmallModel(), {{"X-Model-Name", "%ff"}}), 400,
                      "usage"),
              HasSubstr("not printable UTF-8"));
  ErrorOf(Get("/api/v1/estimate?model=alexnet&batch=9007199254740993"), 422, "input");
}

TEST_F(ApiTest, WrongMethodsAreToldTheRightOnes) {
  for (const char* method : {"DELETE", "PUT", "OPTIONS", "TRACE", "BREW"}) {
    const HttpResponse answer = Send(method, "/api/v1/estimate");
    ErrorOf(answer, 405, "usage");
    EXPECT_EQ(answer.headers, (decltype(answer.headers){{"Allow", "GET, POST"}}));
  }
  EXPECT_EQ(Send("POST", "/healthz").status, 405);
  EXPECT_EQ(Send("HEAD", "/healthz").status, 200);
}

TEST_F(ApiTest, OtherHostsAndSitesAreRefused) {
  EXPECT_EQ(Send("GET", "/healthz", "", {{"Origin", "http://evil.example"}}).status, 403);
  EXPECT_EQ(Send("GET", "/healthz", "", {{"Host", "evil.example"}}).status, 400);
}

TEST_F(ApiTest, TheTokenIsAskedForWhereThereIsOne) {
  Api api({profile_}, {.access = {.token = "0123456789abcdef", .address = "0.0.0.0"}});
  for (const Route& route : Routes()) {
    const HttpRequest request{.method = std::string(route.method),
                              .target = std::string(route.path),
                              .headers = {{"Host", "energy.example"}}};
    int status = 200;
    try {
      api.Begin(request);
    } catch (...) {
      status = api.Explain(std::current_exception()).status;
    }
    EXPECT_EQ(status == 401, !route.is_open) << route.path;
  }
}

TEST_F(ApiTest, RequestsAreCountedAndLogged) {
  Get("/api/v1/zoo");
  Get("/nowhere");
  Send("POST", "/api/v1/models", SmallModel());
  const HttpResponse answer = Get("/metrics");
  EXPECT_THAT(answer.media_type, HasSubstr("text/plain"));
  for (const char* line :
       {"joulecast_requests_total{route=\"/api/v1/zoo\",status=\"200\"} 1\n",
        "joulecast_requests_total{route=\"other\",status=\"404\"} 1\n", "joulecast_models 1\n"}) {
    EXPECT_THAT(std::string(answer.body()), HasSubstr(line));
  }
  ASSERT_EQ(log_.size(), 4u);
  EXPECT_THAT(log_[0], HasSubstr("GET /api/v1/zoo 200"));
}

TEST_F(ApiTest, EveryRouteIsDescribed) {
  const Json json = Parse(Get("/api/v1/openapi.json"));
  EXPECT_EQ(json["openapi"], "3.1.0");
  EXPECT_EQ(json["info"]["version"], "1.2.3");
  std::size_t operations = 0;
  for (const auto& [path, methods] : json["paths"].items()) operations += methods.size();
  EXPECT_EQ(operations, Routes().size());
  for (const Route& route : Routes()) {
    const std::string method = route.method == "GET" ? "get" : "post";
    const Json& operation = json["paths"][std::string(route.path)][method];
    EXPECT_FALSE(operation["summary"].get<std::string>().empty()) << route.path;
    const Json& content = operation["responses"][std::to_string(route.status)]["content"];
    const std::string schema =
        content[std::string(route.media_type)]["schema"]["$ref"].get<std::string>();
    EXPECT_TRUE(json.contains(Json::json_pointer(schema.substr(1)))) << schema;
  }
}

/// What the description says of each route holds: its parameters are taken, its answers have the
/// status, the type and the fields that it promises.
TEST_F(ApiTest, TheDescriptionIsTrue) {
  const Json description = Parse(Get("/api/v1/openapi.json"));
  const std::map<std::string, std::string> values = {
      {"model", "alexnet"}, {"device", DefaultDevice()}, {"dtype", "f16"}, {"shape", "batch%3D2"},
      {"region", "FR"},
  };
  for (const auto& [path, methods] : description["paths"].items()) {
    if (path == "/" && WebAssets().empty()) continue;  // built without Node
    for (const auto& [name, operation] : methods.items()) {
      const std::string method = name == "get" ? "GET" : "POST";
      std::string required = path + "?";
      for (const Json& parameter : operation["parameters"]) {
        if (parameter["required"]) required += "model=alexnet&";
      }
      const HttpResponse answer = Send(method, required, SmallModel());
      const auto& promised = operation["responses"];
      ASSERT_TRUE(promised.contains(std::to_string(answer.status))) << method << " " << path;
      const Json& content = promised[std::to_string(answer.status)]["content"];
      EXPECT_TRUE(std::string(answer.media_type).starts_with(content.begin().key())) << path;
      if (answer.media_type == "application/json") {
        const std::string schema = content.begin().value()["schema"]["$ref"];
        const Json& form = description[Json::json_pointer(schema.substr(1))];
        for (const Json& field : form.value("required", Json::array())) {
          EXPECT_TRUE(Parse(answer).contains(field.get<std::string>())) << path << " " << field;
        }
      }
      for (const Json& parameter : operation["parameters"]) {
        if (parameter["in"] != "query" || parameter["required"]) continue;
        const std::string key = parameter["name"];
        const std::string value = values.contains(key) ? values.at(key) : "1";
        const HttpResponse taken = Send(method, required + key + "=" + value, SmallModel());
        EXPECT_EQ(std::string(taken.body()).find("none of that name"), std::string::npos) << key;
      }
    }
  }
}

}  // namespace
}  // namespace joulecast
