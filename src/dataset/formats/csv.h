// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// One record of a CSV file.
struct CsvRow {
  std::size_t line = 0;  ///< where it starts in the file, from 1
  std::vector<std::string> fields;
};

/// A CSV file with a header, as RFC 4180 describes it: comma-separated, fields with commas, line
/// breaks or quotes in double quotes, a quote inside them doubled. LF or CRLF; a UTF-8 byte-order
/// mark is skipped, and so are empty lines. Every row has as many fields as the header.
class CsvTable {
 public:
  /// Throws Error{kInput} if the file is missing, empty, has no header, repeats a column name, or
  /// has a row of another width (with its line); Error{kPermission} if it may not be read.
  static CsvTable Read(const std::filesystem::path& path);

  /// The same from text; `name` stands for the file in messages.
  static CsvTable Parse(std::string_view text, std::string name);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& header() const { return header_; }
  const std::vector<CsvRow>& rows() const { return rows_; }

  /// Throws Error{kInput} naming every column of `names` that the header lacks.
  void Require(const std::vector<std::string>& names) const;

  /// Index of a column; throws Error{kInput} naming it if the header lacks it.
  std::size_t Column(const std::string& column) const;

 private:
  std::string name_;
  std::vector<std::string> header_;
  std::vector<CsvRow> rows_;
};

}  // namespace joulecast
