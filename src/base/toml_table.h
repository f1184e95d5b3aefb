// SPDX-License-Identifier: Apache-2.0
#pragma once

// toml++ 3.3 asserts what a file can break ("[", and the name on the next line), and then refuses
// it.
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// One table of a TOML file, read key by key. Everything throws Error{kInput} with the file, line
/// and column of what is wrong.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string file, std::string path)
      : table_(table), file_(std::move(file)), path_(std::move(path)) {}

  /// Parses a file's text and hands its root to `read`; syntax errors are told like all others.
  static void ReadRoot(std::string_view text, const std::string& file,
                       const std::function<void(const TomlTable&)>& read);

  /// At this node, or at the table itself.
  [[noreturn]] void Fail(const std::string& what, const toml::node* where = nullptr) const;
  /// "FILE, line 3, column 5: "
  std::string Place(const toml::node* where = nullptr) const;

  const toml::table& table() const { return table_; }
  const toml::node* Find(std::string_view key) const { return table_.get(key); }
  const toml::node& Require(std::string_view key) const;
  /// "device.name": the key as messages write it.
  std::string Path(std::string_view key) const;

  /// A text that is not empty.
  std::string Text(std::string_view key) const;
  std::string Text(std::string_view key, std::string otherwise) const;
  /// A whole number of at least `least`, if it is there.
  std::optional<std::int64_t> Count(std::string_view key, std::int64_t least = 1) const;
  /// A finite number greater than 0, if it is there.
  std::optional<double> Positive(std::string_view key) const;
  std::vector<std::string> Texts(std::string_view key) const;  ///< empty if it is not there
  /// Whole numbers of at least `least`; empty if it is not there.
  std::vector<std::int64_t> Counts(std::string_view key, std::int64_t least = 1) const;
  std::vector<double> Numbers(std::string_view key) const;  ///< finite; empty if it is not there
  /// Place in a list of words.
  std::size_t Choice(std::string_view key, const std::vector<std::string>& choices) const;
  TomlTable Table(std::string_view key) const;
  /// The tables of `[[key]]`; none if it is not there.
  std::vector<TomlTable> Tables(std::string_view key) const;

  /// Keys in the file's order.
  std::vector<std::string> Keys() const;

  /// Complains about keys that nobody asked for.
  void AllowOnly(const std::vector<std::string>& keys) const;

 private:
  const toml::array* Array(std::string_view key) const;

  const toml::table& table_;
  std::string file_;
  std::string path_;
};

}  // namespace joulecast
