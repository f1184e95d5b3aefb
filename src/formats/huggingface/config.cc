// SPDX-License-Identifier: Apache-2.0
#include "formats/huggingface/config.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Json = nlohmann::json;

constexpr double kMaxCount = 2147483648.0;

Json ParseObject(std::string_view text, const std::string& path) {
  try {
    Json json = ParseJson<Json>(text);
    if (json.is_object()) return json;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kInput, path + " is not JSON: " + Printable(error.what(), 160));
  }
  throw Error(ErrorKind::kInput, path + " is JSON, but no object: a model's config.json is one");
}

}  // namespace

ModelConfig ModelConfig::Parse(std::string_view text, std::string path) {
  Json json = ParseObject(text, path);
  if (!json.contains("hidden_size") && json.contains("text_config") &&
      json["text_config"].is_object()) {
    json = Json(json["text_config"]);
  }
  ModelConfig config;
  config.path_ = std::move(path);
  for (const auto& [name, value] : json.items()) {
    Field field;
    if (value.is_boolean()) field = value.get<bool>();
    if (value.is_number()) field = value.get<double>();
    if (value.is_string()) field = value.get<std::string>();
    if (value.is_array() && !value.empty() && value[0].is_string()) {
      field = value[0].get<std::string>();
    }
    config.fields_.emplace(name, std::move(field));
  }
  return config;
}

const ModelConfig::Field* ModelConfig::Find(std::string_view name) const {
  const auto found = fields_.find(std::string(name));
  if (found == fields_.end() || std::holds_alternative<std::monostate>(found->second)) {
    return nullptr;
  }
  return &found->second;
}

std::optional<std::string> ModelConfig::Text(std::string_view name) const {
  const Field* const field = Find(name);
  if (field == nullptr) return std::nullopt;
  if (const auto* const text = std::get_if<std::string>(field)) return *text;
  Fail(name, "it should be a text");
}

bool ModelConfig::Flag(std::string_view name, bool otherwise) const {
  const Field* const field = Find(name);
  if (field == nullptr) return otherwise;
  if (const bool* const flag = std::get_if<bool>(field)) return *flag;
  Fail(name, "it should be true or false");
}

std::optional<std::int64_t> ModelConfig::OptionalCount(std::string_view name) const {
  const Field* const field = Find(name);
  if (field == nullptr) return std::nullopt;
  const double* const number = std::get_if<double>(field);
  if (number == nullptr || !(*number >= 1) || *number > kMaxCount ||
      *number != std::floor(*number)) {
    Fail(name, "it should be a whole number from 1 to 2147483648");
  }
  return static_cast<std::int64_t>(*number);
}

std::int64_t ModelConfig::Count(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    if (const auto count = OptionalCount(name)) return *count;
  }
  std::string known;
  for (const std::string_view name : names) {
    known += (known.empty() ? "" : " or ") + std::string(name);
  }
  throw Error(ErrorKind::kInput, path_ + ": " + known + " is missing");
}

void ModelConfig::Fail(std::string_view field, const std::string& why) const {
  throw Error(ErrorKind::kInput, path_ + ": " + std::string(field) + ": " + why);
}

DType DTypeOf(const ModelConfig& config) {
  for (const std::string_view field : {"torch_dtype", "dtype"}) {
    const auto name = config.Text(field);
    if (!name) continue;
    if (*name == "float32" || *name == "float") return DType::kF32;
    if (*name == "float16" || *name == "half") return DType::kF16;
    if (*name == "bfloat16") return DType::kBF16;
    if (*name == "auto") break;
    config.Fail(field, "'" + Printable(*name, 40) + "' is none of float32, float16, bfloat16");
  }
  return DType::kF32;
}

}  // namespace joulecast
