// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulecast {

/// Text as the content of an element or of a quoted attribute.
std::string EscapeHtml(std::string_view text);

/// Throws Error{kDevice}, saying what to install, in a build without Node: it has no charts.
void CheckHtmlIsMade();

/// Cells are plain text. The first `text_columns` of a row are words, the others numbers, which
/// align to the right. A row may end early.
struct HtmlTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::size_t text_columns = 1;
};

/// One self-contained page: nothing from the network, light or dark as the reader's system is, its
/// charts drawn by web/'s script. What is added is plain text and gets escaped; without scripts the
/// page still has its words and tables.
class HtmlPage {
 public:
  explicit HtmlPage(std::string_view title);

  /// Ends the section before it.
  void AddHeading(std::string_view text);
  void AddParagraph(std::string_view text);
  void AddList(std::span<const std::string> items);
  void AddTable(const HtmlTable& table);
  /// Names and their values, side by side.
  void AddFacts(std::span<const std::pair<std::string, std::string>> facts);
  /// `chart` is JSON, of report/charts.h. An empty caption is left out.
  void AddFigure(std::string_view chart, std::string_view caption);
  /// Has the script show `json` in place of all that was added: `view` is "estimate" or "compare".
  void ShowInstead(std::string_view view, std::string_view json);

  /// The whole page. Throws as `CheckHtmlIsMade`.
  std::string Text() const;

 private:
  std::string title_;
  std::string body_;
  std::string data_;
  bool is_in_section_ = false;
};

}  // namespace joulecast
