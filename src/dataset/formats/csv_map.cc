// SPDX-License-Identifier: Apache-2.0
// The TOML form of a CsvMap: docs/import.md.
#include <toml++/toml.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/mapped_file.h"
#include "base/text.h"
#include "dataset/formats/mapped_csv.h"
#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

/// One table of the file, read key by key; complains about keys that nobody asked for.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string file, std::string path)
      : table_(table), file_(std::move(file)), path_(std::move(path)) {}

  [[noreturn]] void Fail(const std::string& what, const toml::node* where = nullptr) const {
    const auto line = (where != nullptr ? where->source() : table_.source()).begin.line;
    throw Error(ErrorKind::kInput, file_ + ", line " + std::to_string(line) + ": " + what);
  }

  const toml::node* Find(std::string_view key) const { return table_.get(key); }

  const toml::node& Require(std::string_view key) const {
    const toml::node* node = Find(key);
    if (node == nullptr) Fail("'" + Path(key) + "' is missing");
    return *node;
  }

  std::string Text(std::string_view key) const {
    const toml::node& node = Require(key);
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty()) Fail("'" + Path(key) + "' must be a text in quotes", &node);
    return *text;
  }

  std::string Text(std::string_view key, std::string otherwise) const {
    return Find(key) == nullptr ? std::move(otherwise) : Text(key);
  }

  std::optional<std::int64_t> Count(std::string_view key) const {
    const toml::node* node = Find(key);
    if (node == nullptr) return std::nullopt;
    const auto count = node->value_exact<std::int64_t>();
    if (!count || *count < 1) Fail("'" + Path(key) + "' must be a whole number from 1", node);
    return count;
  }

  /// A text is a column, a number a constant.
  CsvValue Value(const toml::node& node, const std::string& path) const {
    if (const auto column = node.value_exact<std::string>()) return {.column = *column};
    if (const auto number = node.value_exact<std::int64_t>()) {
      return {.constant = std::to_string(*number)};
    }
    Fail("'" + path + "' must be a column in quotes or a whole number", &node);
  }

  std::optional<CsvValue> Value(std::string_view key) const {
    const toml::node* node = Find(key);
    return node == nullptr ? std::nullopt : std::optional(Value(*node, Path(key)));
  }

  TableReader Table(std::string_view key) const {
    const toml::node& node = Require(key);
    if (!node.is_table()) Fail("'" + Path(key) + "' must be a table", &node);
    return {*node.as_table(), file_, Path(key)};
  }

  /// One of a list of words.
  std::size_t Choice(std::string_view key, const std::vector<std::string>& choices) const {
    const std::string text = Text(key);
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) {
      Fail("'" + Path(key) + "' is '" + Printable(text, 40) + "'; choose " + Join(choices, ", "),
           Find(key));
    }
    return static_cast<std::size_t>(found - choices.begin());
  }

  void AllowOnly(const std::vector<std::string>& keys) const {
    for (const auto& [key, node] : table_) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      Fail("'" + Path(key.str()) + "' means nothing here; there are " + Join(keys, ", "), &node);
    }
  }

  const toml::table& table() const { return table_; }
  std::string Path(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

 private:
  const toml::table& table_;
  std::string file_;
  std::string path_;
};

Device ReadDevice(const TableReader& table) {
  table.AllowOnly({"name", "cpu", "sockets", "memory_gb", "software"});
  Device device{.name = table.Text("name"),
                .cpu = table.Text("cpu", "unknown"),
                .sockets = table.Count("sockets"),
                .software = table.Text("software", "unknown")};
  if (const auto gigabytes = table.Count("memory_gb")) {
    device.memory_bytes = *gigabytes * 1'000'000'000;
  }
  return device;
}

void CheckParam(const TableReader& table, const std::string& layer, std::string_view name) {
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

std::vector<CsvParam> ReadParams(const TableReader& table, const std::string& layer) {
  std::vector<CsvParam> params;
  for (const auto& [key, node] : table.table()) {
    CheckParam(table, layer, key.str());
    CsvParam param{.name = std::string(key.str())};
    if (const toml::array* values = node.as_array()) {
      for (const toml::node& value : *values) {
        param.values.push_back(table.Value(value, table.Path(key.str())));
      }
    } else {
      param.values.push_back(table.Value(node, table.Path(key.str())));
    }
    if (param.values.empty()) table.Fail("'" + table.Path(key.str()) + "' is empty", &node);
    params.push_back(std::move(param));
  }
  return params;
}

CsvQuantity ReadQuantity(const TableReader& table, const std::vector<std::string>& units,
                         const std::vector<double>& scales) {
  table.AllowOnly({"column", "unit", "per"});
  return {.column = table.Text("column"),
          .scale = scales[table.Choice("unit", units)],
          .per_call = table.Choice("per", {"window", "call"}) == 1};
}

CsvMap ReadMap(const TableReader& root) {
  root.AllowOnly({"source", "origin", "tag", "meter", "device", "layer", "energy", "time", "passes",
                  "repetition"});
  CsvMap map;
  map.source = root.Text("source");
  map.origin = kOrigins[root.Choice("origin", {kOrigins.begin(), kOrigins.end()})];
  map.tag = root.Choice("tag", {"measured", "modelled"}) == 0 ? "measured" : "modelled";
  map.meter = root.Text("meter");
  map.device = ReadDevice(root.Table("device"));
  const TableReader layer = root.Table("layer");
  layer.AllowOnly({"type", "params"});
  map.layer_type = layer.Text("type");
  map.params = ReadParams(layer.Table("params"), map.layer_type);
  map.energy = ReadQuantity(root.Table("energy"), {"J", "mJ", "kWh"}, {1, 1e-3, 3.6e6});
  if (root.Find("time") != nullptr) {
    map.time = ReadQuantity(root.Table("time"), {"s", "ms", "us"}, {1, 1e-3, 1e-6});
  }
  map.passes = root.Value("passes");
  map.repetition = root.Value("repetition");
  return map;
}

}  // namespace

CsvMap CsvMap::Read(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return Parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

CsvMap CsvMap::Parse(std::string_view text, const std::string& name) {
  try {
    const toml::table table = toml::parse(text);
    return ReadMap(TableReader(table, name, ""));
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kInput, name + ", line " + std::to_string(error.source().begin.line) +
                                       ": " + std::string(error.description()));
  }
}

}  // namespace joulecast
