// SPDX-License-Identifier: Apache-2.0
#include "base/toml_table.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::string PlaceOf(const std::string& file, const toml::source_position& at) {
  return file + ", line " + std::to_string(at.line) + ", column " + std::to_string(at.column) +
         ": ";
}

/// Where the string that starts at `at` ends; one that is not closed ends with its line.
std::size_t EndOfString(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool is_long = text.substr(at, 3) == std::string(3, quote);
  const std::string_view end = text.substr(at, is_long ? 3 : 1);
  for (std::size_t i = at + end.size(); i < text.size(); ++i) {
    if (text.substr(i, end.size()) == end) {  // a long string may end with two quotes of its own
      const std::size_t last = is_long ? i + 5 : i + 1;
      return std::min({text.find_first_not_of(quote, i + end.size()), last, text.size()});
    }
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (!is_long && text[i] == '\n') {
      return i;
    }
  }
  return text.size();
}

/// TOML has characters beyond ASCII in strings and comments only; toml++ would complain about what
/// follows from them.
void RefuseStrayCharacters(std::string_view text, const std::string& file) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == '"' || text[at] == '\'') {
      at = EndOfString(text, at);
    } else if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
    } else {
      const std::string_view before = text.substr(0, at);
      const auto line = std::ranges::count(before, '\n') + 1;
      const std::size_t column = at - before.rfind('\n');  // npos is -1: the first line's is at + 1
      throw Error(ErrorKind::kInput, PlaceOf(file, {static_cast<toml::source_index>(line),
                                                    static_cast<toml::source_index>(column)}) +
                                         "a character beyond ASCII outside quotes");
    }
  }
}

}  // namespace

void TomlTable::ReadRoot(std::string_view text, const std::string& file,
                         const std::function<void(const TomlTable&)>& read) {
  RefuseStrayCharacters(text, file);
  try {
    const toml::table table = toml::parse(text);
    read(TomlTable(table, file, ""));
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kInput,
                PlaceOf(file, error.source().begin) + std::string(error.description()));
  }
}

std::string TomlTable::Place(const toml::node* where) const {
  return PlaceOf(file_, (where != nullptr ? where->source() : table_.source()).begin);
}

void TomlTable::Fail(const std::string& what, const toml::node* where) const {
  throw Error(ErrorKind::kInput, Place(where) + what);
}

const toml::node& TomlTable::Require(std::string_view key) const {
  const toml::node* node = Find(key);
  if (node == nullptr) Fail("'" + Path(key) + "' is missing");
  return *node;
}

std::string TomlTable::Path(std::string_view key) const {
  const std::string name = Printable(key, 60);
  return path_.empty() ? name : path_ + "." + name;
}

std::string TomlTable::Text(std::string_view key) const {
  const toml::node& node = Require(key);
  const auto text = node.value_exact<std::string>();
  if (!text || text->empty()) Fail("'" + Path(key) + "' must be a text in quotes", &node);
  return *text;
}

std::string TomlTable::Text(std::string_view key, std::string otherwise) const {
  return Find(key) == nullptr ? std::move(otherwise) : Text(key);
}

std::optional<std::int64_t> TomlTable::Count(std::string_view key, std::int64_t least) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return std::nullopt;
  const auto count = node->value_exact<std::int64_t>();
  if (!count || *count < least) {
    Fail("'" + Path(key) + "' must be a whole number from " + std::to_string(least), node);
  }
  return count;
}

std::optional<double> TomlTable::Positive(std::string_view key) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return std::nullopt;
  const auto number = node->value<double>();
  if (!number || !std::isfinite(*number) || *number <= 0) {
    Fail("'" + Path(key) + "' must be a number greater than 0", node);
  }
  return number;
}

const toml::array* TomlTable::Array(std::string_view key) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array() || node->as_array()->empty()) {
    Fail("'" + Path(key) + "' must be a list with at least one entry", node);
  }
  return node->as_array();
}

std::vector<std::string> TomlTable::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  const toml::array* array = Array(key);
  if (array == nullptr) return texts;
  for (const toml::node& node : *array) {
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty()) Fail("'" + Path(key) + "' must be a list of texts", &node);
    texts.push_back(*text);
  }
  return texts;
}

std::vector<std::int64_t> TomlTable::Counts(std::string_view key, std::int64_t least) const {
  std::vector<std::int64_t> counts;
  const toml::array* array = Array(key);
  if (array == nullptr) return counts;
  for (const toml::node& node : *array) {
    const auto count = node.value_exact<std::int64_t>();
    if (!count || *count < least) {
      Fail("'" + Path(key) + "' must be a list of whole numbers from " + std::to_string(least),
           &node);
    }
    counts.push_back(*count);
  }
  return counts;
}

std::vector<double> TomlTable::Numbers(std::string_view key) const {
  std::vector<double> numbers;
  const toml::array* array = Array(key);
  if (array == nullptr) return numbers;
  for (const toml::node& node : *array) {
    const auto number = node.value<double>();
    if (!number || !std::isfinite(*number)) {
      Fail("'" + Path(key) + "' must be a list of numbers", &node);
    }
    numbers.push_back(*number);
  }
  return numbers;
}

std::size_t TomlTable::Choice(std::string_view key, const std::vector<std::string>& choices) const {
  const std::string text = Text(key);
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found == choices.end()) {
    Fail("'" + Path(key) + "' is '" + Printable(text, 40) + "'; choose " + Join(choices, ", "),
         Find(key));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

TomlTable TomlTable::Table(std::string_view key) const {
  const toml::node& node = Require(key);
  if (!node.is_table()) Fail("'" + Path(key) + "' must be a table", &node);
  return {*node.as_table(), file_, Path(key)};
}

std::vector<TomlTable> TomlTable::Tables(std::string_view key) const {
  std::vector<TomlTable> tables;
  const toml::node* node = Find(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    Fail("'" + Path(key) + "' must be tables, each headed [[" + Path(key) + "]]", node);
  }
  for (const toml::node& each : *array) tables.emplace_back(*each.as_table(), file_, Path(key));
  return tables;
}

std::vector<std::string> TomlTable::Keys() const {
  std::vector<toml::key> keys;
  for (const auto& [key, node] : table_) keys.push_back(key);
  std::sort(keys.begin(), keys.end(), [](const toml::key& a, const toml::key& b) {
    const auto place = [](const toml::key& key) {
      return std::pair(key.source().begin.line, key.source().begin.column);
    };
    return place(a) < place(b);
  });
  std::vector<std::string> names;
  for (const toml::key& key : keys) names.emplace_back(key.str());
  return names;
}

void TomlTable::AllowOnly(const std::vector<std::string>& keys) const {
  for (const auto& [key, node] : table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
    const auto close = ClosestName(key.str(), keys);
    const std::string advice =
        close ? "did you mean '" + *close + "'?" : "there are " + Join(keys, ", ");
    // The key's own place: that of the value would point past the '='.
    throw Error(ErrorKind::kInput, PlaceOf(file_, key.source().begin) + "'" + Path(key.str()) +
                                       "' means nothing here; " + advice);
  }
}

}  // namespace joulecast
