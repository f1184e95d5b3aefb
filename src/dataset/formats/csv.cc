// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/csv.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Cuts a text into records.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& name) : rest_(text), name_(name) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  /// The next record that is not an empty line.
  std::optional<CsvRow> Next() {
    while (!rest_.empty() && TakeLineBreak()) {
    }
    if (rest_.empty()) return std::nullopt;
    CsvRow row{.line = line_};
    do {
      row.fields.push_back(rest_.starts_with('"') ? Quoted() : Bare());
    } while (TakeComma());
    if (!rest_.empty() && !TakeLineBreak()) {
      Fail(line_, "text after a closing quote; double the quotes inside a quoted field");
    }
    return row;
  }

  [[noreturn]] void Fail(std::size_t line, const std::string& what) const {
    throw Error(ErrorKind::kInput, name_ + ", line " + std::to_string(line) + ": " + what);
  }

 private:
  bool TakeComma() {
    if (!rest_.starts_with(',')) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool TakeLineBreak() {
    const std::size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
    rest_.remove_prefix(length);
    line_ += length > 0 ? 1 : 0;
    return length > 0;
  }

  std::string Bare() {
    std::size_t length = std::min(rest_.find_first_of(",\n"), rest_.size());
    if (length > 0 && length < rest_.size() && rest_[length] == '\n' && rest_[length - 1] == '\r') {
      --length;
    }
    std::string field(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return field;
  }

  std::string Quoted() {
    const std::size_t start = line_;
    std::string field;
    do {
      rest_.remove_prefix(1);  // the opening quote, or the second of a doubled one
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) Fail(start, "a quoted field is never closed");
      field += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (rest_.starts_with('"')) field += '"';
    } while (rest_.starts_with('"'));
    line_ += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
    return field;
  }

  std::string_view rest_;
  const std::string& name_;
  std::size_t line_ = 1;
};

}  // namespace

CsvTable CsvTable::Read(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return Parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

CsvTable CsvTable::Parse(std::string_view text, std::string name) {
  CsvTable table;
  table.name_ = std::move(name);
  CsvReader reader(text, table.name_);
  auto header = reader.Next();
  if (!header) {
    throw Error(ErrorKind::kInput, table.name_ + " is empty: a CSV file starts with a header");
  }
  table.header_ = std::move(header->fields);
  for (auto column = table.header_.begin(); column != table.header_.end(); ++column) {
    if (std::find(table.header_.begin(), column, *column) != column) {
      reader.Fail(header->line, "the header has the column '" + Printable(*column, 60) + "' twice");
    }
  }
  while (auto row = reader.Next()) {
    if (row->fields.size() != table.header_.size()) {
      reader.Fail(row->line, std::to_string(row->fields.size()) + " fields, but the header has " +
                                 std::to_string(table.header_.size()) +
                                 "; is the file cut off, or a comma unquoted?");
    }
    table.rows_.push_back(std::move(*row));
  }
  return table;
}

void CsvTable::Require(const std::vector<std::string>& names) const {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (std::find(header_.begin(), header_.end(), name) == header_.end()) {
      missing.push_back("'" + Printable(name, 60) + "'");
    }
  }
  if (missing.empty()) return;
  throw Error(ErrorKind::kInput, name_ + " lacks the column" + (missing.size() > 1 ? "s " : " ") +
                                     Join(missing, ", ") + "; it has " +
                                     Printable(Join(header_, ", "), 300));
}

std::size_t CsvTable::Column(const std::string& column) const {
  Require({column});
  return static_cast<std::size_t>(std::find(header_.begin(), header_.end(), column) -
                                  header_.begin());
}

}  // namespace joulecast
