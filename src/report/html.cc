// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>

#include <iterator>

#include "joulecast/error.h"
#include "report/web_assets.h"

namespace joulecast {
namespace {

/// The page that web/build.mjs made, with script, style and the policy that allows these alone.
std::string_view Shell() {
  if (const WebAsset* shell = FindWebAsset("report.html")) return shell->content;
  throw Error(ErrorKind::kDevice,
              "this build cannot write HTML: its charts are made by Node, which was not there when "
              "it was built; install nodejs and npm, remove the build folder and build again");
}

std::string CaptionOf(std::string_view text) {
  return text.empty() ? "" : fmt::format("<figcaption>{}</figcaption>", EscapeHtml(text));
}

/// JSON within a script element: only the end of the element, or the start of a comment, would be
/// read as markup, and both begin with '<', which in JSON stands in strings alone.
std::string ScriptJson(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void Fill(std::string& page, std::string_view name, std::string_view content) {
  page.replace(page.find(name), name.size(), content);
}

}  // namespace

void CheckHtmlIsMade() { Shell(); }

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

HtmlPage::HtmlPage(std::string_view title)
    : title_(EscapeHtml(title)),
      body_(fmt::format("<header class=\"heading\"><h1>{}</h1></header>\n", title_)) {}

void HtmlPage::AddHeading(std::string_view text) {
  if (is_in_section_) body_ += "</section>\n";
  is_in_section_ = true;
  fmt::format_to(std::back_inserter(body_), "<section>\n<h2>{}</h2>\n", EscapeHtml(text));
}

void HtmlPage::AddParagraph(std::string_view text) {
  fmt::format_to(std::back_inserter(body_), "<p>{}</p>\n", EscapeHtml(text));
}

void HtmlPage::AddList(std::span<const std::string> items) {
  if (items.empty()) return;
  body_ += "<ul>\n";
  for (const std::string& item : items) {
    fmt::format_to(std::back_inserter(body_), "<li>{}</li>\n", EscapeHtml(item));
  }
  body_ += "</ul>\n";
}

void HtmlPage::AddTable(const HtmlTable& table) {
  const auto add_row = [&](std::string_view tag, const std::vector<std::string>& cells) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      fmt::format_to(std::back_inserter(body_), "<{}{}>{}</{}>", tag,
                     i < table.text_columns ? "" : " class=\"n\"", EscapeHtml(cells[i]), tag);
    }
    body_ += "</tr>\n";
  };
  body_ +=
      "<div class=\"scroll\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table "
      "class=\"plain\">\n"
      "<thead>";
  add_row("th", table.header);
  body_ += "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) add_row("td", row);
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::AddFacts(std::span<const std::pair<std::string, std::string>> facts) {
  body_ += "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts) {
    fmt::format_to(std::back_inserter(body_), "<div><dt>{}</dt><dd>{}</dd></div>\n",
                   EscapeHtml(name), EscapeHtml(value));
  }
  body_ += "</dl>\n";
}

void HtmlPage::AddFigure(std::string_view chart, std::string_view caption) {
  fmt::format_to(std::back_inserter(body_),
                 "<figure>\n<script type=\"application/json\">{}</script>\n"
                 "{}</figure>\n",
                 ScriptJson(chart), CaptionOf(caption));
}

void HtmlPage::ShowInstead(std::string_view view, std::string_view json) {
  data_ =
      fmt::format("<script type=\"application/json\" id=\"data\" data-view=\"{}\">{}</script>\n",
                  EscapeHtml(view), ScriptJson(json));
}

std::string HtmlPage::Text() const {
  std::string page(Shell());
  Fill(page, "{{title}}", title_);
  Fill(page, "{{body}}",
       fmt::format("<main>\n{}{}</main>\n{}", body_, is_in_section_ ? "</section>\n" : "", data_));
  return page;
}

}  // namespace joulecast
