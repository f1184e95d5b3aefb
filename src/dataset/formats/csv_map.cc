// SPDX-License-Identifier: Apache-2.0
// The TOML form of a CsvMap: docs/import.md.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/mapped_file.h"
#include "base/text.h"
#include "base/toml_table.h"
#include "dataset/formats/mapped_csv.h"
#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

/// A text is a column, a number a constant.
CsvValue ReadValue(const TomlTable& table, const toml::node& node, std::string_view key) {
  if (const auto column = node.value_exact<std::string>()) return {.column = *column};
  if (const auto number = node.value_exact<std::int64_t>()) {
    return {.constant = std::to_string(*number)};
  }
  table.Fail("'" + table.Path(key) + "' must be a column in quotes or a whole number", &node);
}

std::optional<CsvValue> ReadValue(const TomlTable& table, std::string_view key) {
  const toml::node* node = table.Find(key);
  return node == nullptr ? std::nullopt : std::optional(ReadValue(table, *node, key));
}

/// What `collect` records of a machine by itself, as JSON.
std::string ReadFacts(const TomlTable& table) {
  nlohmann::json facts = nlohmann::json::object();
  for (const auto& [key, node] : table.table()) {
    const std::string name(key.str());
    if (const auto text = node.value_exact<std::string>()) {
      facts[name] = *text;
    } else if (const auto number = node.value_exact<std::int64_t>()) {
      facts[name] = *number;
    } else if (node.is_array()) {
      facts[name] = table.Texts(name);
    } else {
      table.Fail("'" + table.Path(name) + "' must be a text, a whole number or a list of texts",
                 &node);
    }
  }
  return facts.dump();
}

Device ReadDevice(const TomlTable& table) {
  table.AllowOnly({"name", "cpu", "sockets", "memory_gb", "software", "facts"});
  Device device{.name = table.Text("name"),
                .cpu = table.Text("cpu", "unknown"),
                .sockets = table.Count("sockets"),
                .software = table.Text("software", "unknown")};
  if (const auto gigabytes = table.Count("memory_gb")) {
    device.memory_bytes = *gigabytes * 1'000'000'000;
  }
  if (table.Find("facts") != nullptr) device.host_facts = ReadFacts(table.Table("facts"));
  return device;
}

void CheckParam(const TomlTable& table, const std::string& layer, std::string_view name) {
  const LayerType* type = FindLayerType(layer);
  if (type == nullptr) return;  // stored as text
  std::vector<std::string> names;
  for (const Param& param : type->params) names.emplace_back(param.name);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    table.Fail(
        "'" + table.Path(name) + "' is no parameter of " + layer + "; it has " + Join(names, ", "),
        table.Find(name));
  }
}

std::vector<CsvParam> ReadParams(const TomlTable& table, const std::string& layer) {
  std::vector<CsvParam> params;
  for (const auto& [key, node] : table.table()) {
    CheckParam(table, layer, key.str());
    CsvParam param{.name = std::string(key.str())};
    if (const toml::array* values = node.as_array()) {
      for (const toml::node& value : *values) {
        param.values.push_back(ReadValue(table, value, key.str()));
      }
    } else {
      param.values.push_back(ReadValue(table, node, key.str()));
    }
    if (param.values.empty()) table.Fail("'" + table.Path(key.str()) + "' is empty", &node);
    params.push_back(std::move(param));
  }
  return params;
}

CsvQuantity ReadQuantity(const TomlTable& table, const std::vector<std::string>& units,
                         const std::vector<double>& scales) {
  table.AllowOnly({"column", "unit", "per"});
  return {.column = table.Text("column"),
          .scale = scales[table.Choice("unit", units)],
          .per_call = table.Choice("per", {"window", "call"}) == 1};
}

CsvMap ReadMap(const TomlTable& root) {
  root.AllowOnly({"source", "origin", "tag", "meter", "device", "layer", "energy", "time", "passes",
                  "repetition"});
  CsvMap map;
  map.source = root.Text("source");
  map.origin = kOrigins[root.Choice("origin", {kOrigins.begin(), kOrigins.end()})];
  map.tag = root.Choice("tag", {"measured", "modelled"}) == 0 ? "measured" : "modelled";
  map.meter = root.Text("meter");
  map.device = ReadDevice(root.Table("device"));
  const TomlTable layer = root.Table("layer");
  if (layer.Find("specification") != nullptr) {
    layer.AllowOnly({"specification"});
    map.spec_column = layer.Text("specification");
  } else {
    layer.AllowOnly({"type", "params"});
    map.layer_type = layer.Text("type");
    map.params = ReadParams(layer.Table("params"), map.layer_type);
  }
  map.energy = ReadQuantity(root.Table("energy"), {"J", "mJ", "kWh"}, {1, 1e-3, 3.6e6});
  if (root.Find("time") != nullptr) {
    map.time = ReadQuantity(root.Table("time"), {"s", "ms", "us"}, {1, 1e-3, 1e-6});
  }
  map.passes = ReadValue(root, "passes");
  map.repetition = ReadValue(root, "repetition");
  return map;
}

}  // namespace

CsvMap CsvMap::Read(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return Parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

CsvMap CsvMap::Parse(std::string_view text, const std::string& name) {
  CsvMap map;
  TomlTable::ReadRoot(text, name, [&](const TomlTable& root) { map = ReadMap(root); });
  return map;
}

}  // namespace joulecast
