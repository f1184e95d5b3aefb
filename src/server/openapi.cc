// SPDX-License-Identifier: Apache-2.0
#include "server/openapi.h"

#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "server/api.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

/// The forms of answers. Numbers carry their units in their names.
constexpr const char* kSchemas = R"({
  "Error": {
    "type": "object", "required": ["error"],
    "properties": {"error": {
      "type": "object", "required": ["kind", "message"],
      "properties": {
        "kind": {"type": "string", "enum": ["usage", "input", "device", "permission", "not_found",
                                            "too_large", "timeout", "busy", "internal"]},
        "message": {"type": "string"}}}}},
  "Model": {
    "type": "object", "required": ["model", "name", "format"],
    "properties": {
      "model": {"type": "string", "pattern": "^upload:[0-9a-f]{32}$",
                "description": "Names the model in other requests, as long as it is remembered"},
      "name": {"type": "string"}, "format": {"type": "string"}}},
  "Estimate": {
    "type": "object", "required": ["model", "device", "batch", "energy_j", "energy_j_low",
                                   "energy_j_high", "interval", "time_s", "warnings", "profile"],
    "description": "What `joulecast estimate --format json` prints: of one inference of a batch, or of a whole request to a language model",
    "properties": {
      "model": {"type": "string"}, "device": {"type": "string"}, "batch": {"type": "integer"},
      "energy_j": {"type": "number"}, "energy_j_low": {"type": "number"},
      "energy_j_high": {"type": "number"}, "interval": {"type": "number"},
      "time_s": {"type": ["number", "null"]},
      "warnings": {"type": "array", "items": {"type": "string"}},
      "profile": {"type": "object"}, "layers": {"type": "array", "items": {"type": "object"}}}},
  "Layers": {
    "type": "object", "required": ["model", "batch", "macs", "params", "bytes", "layers"],
    "description": "What `joulecast layers --format json` prints",
    "properties": {
      "model": {"type": "string"}, "batch": {"type": "integer"}, "macs": {"type": "integer"},
      "params": {"type": "integer"}, "bytes": {"type": "integer"},
      "layers": {"type": "array", "items": {"type": "object"}}}},
  "Devices": {
    "type": "object", "required": ["default", "devices"],
    "properties": {"default": {"type": "string"}, "devices": {"type": "array", "items": {"type": "object"}}}},
  "Zoo": {
    "type": "object", "required": ["models"],
    "properties": {"models": {"type": "array", "items": {"type": "object"}}}},
  "Health": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}},
  "Any": {"type": "object"},
  "Text": {"type": "string"}
})";

struct SchemaOf {
  Json operator()(const std::optional<std::int64_t>*) const { return {{"type", "integer"}}; }
  Json operator()(const bool*) const { return {{"type", "boolean"}}; }
  Json operator()(const std::optional<double>*) const { return {{"type", "number"}}; }
  Json operator()(const std::string*) const { return {{"type", "string"}}; }
  Json operator()(const std::vector<std::string>*) const {
    return {{"type", "array"}, {"items", {{"type", "string"}}}};
  }
};

Json ParameterJson(const Parameter& parameter) {
  Json json = {{"name", parameter.name},
               {"in", "query"},
               {"description", parameter.summary},
               {"required", parameter.name == "model"},
               {"schema", std::visit(SchemaOf(), parameter.target)}};
  for (const std::string_view choice : parameter.choices) json["schema"]["enum"].push_back(choice);
  return json;
}

Json ContentJson(std::string_view media_type, std::string_view schema) {
  Json json;
  json["content"][std::string(media_type)]["schema"]["$ref"] =
      "#/components/schemas/" + std::string(schema);
  return json;
}

Json BodyJson() {
  Json json = {{"required", true},
               {"description", "The bytes of an ONNX file, or of a language model's config.json"}};
  json["content"]["application/octet-stream"] = Json::object();
  return json;
}

Json NameHeaderJson() {
  return {
      {"name", "X-Model-Name"},
      {"in", "header"},
      {"required", false},
      {"description", "The file's name, percent-encoded UTF-8: answers name the model after it"},
      {"schema", {{"type", "string"}}}};
}

Json OperationJson(const Route& route) {
  Json json = {{"summary", route.summary}, {"parameters", Json::array()}};
  ModelQuery query;
  for (const Parameter& parameter : ParametersOf(route, query)) {
    json["parameters"].push_back(ParameterJson(parameter));
  }
  if (route.takes_model) {
    json["parameters"].push_back(NameHeaderJson());
    json["requestBody"] = BodyJson();
  }
  Json answer = ContentJson(route.media_type, route.answer);
  answer["description"] = "Done";
  json["responses"][std::to_string(route.status)] = std::move(answer);
  Json error = ContentJson("application/json", "Error");
  error["description"] = "Why it cannot be done";
  json["responses"]["default"] = std::move(error);
  if (route.is_open) json["security"] = Json::array();
  return json;
}

}  // namespace

std::string OpenApiJson(const std::string& version) {
  Json json = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Joulecast"},
        {"description", "Forecasts the energy of deep-learning models from their configuration."},
        {"version", version},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}}};
  for (const Route& route : Routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    json["paths"][std::string(route.path)][method] = OperationJson(route);
  }
  json["components"]["schemas"] = Json::parse(kSchemas);
  json["components"]["securitySchemes"]["token"] = {{"type", "http"}, {"scheme", "bearer"}};
  json["security"] = Json::array({Json{{"token", Json::array()}}, Json::object()});
  return DumpJson(json);
}

}  // namespace joulecast
