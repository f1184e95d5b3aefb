// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

/// Text as the content of an element or of a quoted attribute.
std::string EscapeHtml(std::string_view text);

/// Cells are plain text. The first `text_columns` of a row are words, the others numbers, which
/// align to the right.
struct HtmlTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::size_t text_columns = 1;
};

/// One self-contained page: no scripts, nothing from the network, light or dark as the reader's
/// system is. What is added is plain text and gets escaped, but for a figure's markup.
class HtmlPage {
 public:
  explicit HtmlPage(std::string_view title);

  void AddHeading(std::string_view text);
  void AddParagraph(std::string_view text);
  void AddList(std::span<const std::string> items);
  void AddTable(const HtmlTable& table);
  /// `svg` is markup, of report/svg.h.
  void AddFigure(std::string_view svg, std::string_view caption);

  /// The whole page.
  std::string Text() const;

 private:
  std::string title_;
  std::string body_;
};

}  // namespace joulecast
