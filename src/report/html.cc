// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>

#include <iterator>

namespace joulecast {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5c6670; --line: #d5dade; --page: #fff;
  --c0: #2a6fbb; --c1: #d1762b; --c2: #3f8f52; --c3: #8d59a8; --c4: #a8862a; --c5: #5c6670; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8eb; --soft: #a0aab3; --line: #3a434b; --page: #14181b;
    --c0: #6aa9ee; --c1: #eda05c; --c2: #77c48a; --c3: #c396dd; --c4: #d8b95a; --c5: #a0aab3; } }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--page); overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; } .n { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .9rem; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
)css";

}  // namespace

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

HtmlPage::HtmlPage(std::string_view title) : title_(EscapeHtml(title)) {}

void HtmlPage::AddHeading(std::string_view text) {
  fmt::format_to(std::back_inserter(body_), "<h2>{}</h2>\n", EscapeHtml(text));
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
  body_ += "<div class=\"scroll\"><table>\n<thead>";
  add_row("th", table.header);
  body_ += "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) add_row("td", row);
  body_ += "</tbody></table></div>\n";
}

void HtmlPage::AddFigure(std::string_view svg, std::string_view caption) {
  fmt::format_to(std::back_inserter(body_), "<figure>\n{}\n<figcaption>{}</figcaption></figure>\n",
                 svg, EscapeHtml(caption));
}

std::string HtmlPage::Text() const {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n"
      "</html>\n",
      title_, kStyle, body_);
}

}  // namespace joulecast
