// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <gmock/gmock.h>

namespace joulecast {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EscapeHtmlTest, WhatMeansSomethingInMarkupIsReplaced) {
  EXPECT_EQ(EscapeHtml("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
}

TEST(HtmlPageTest, TextFromOutsideNeverBecomesMarkup) {
  const std::string bad = "<script>alert(1)</script>";
  HtmlPage page(bad);
  page.AddHeading(bad);
  page.AddParagraph(bad);
  page.AddList(std::vector<std::string>{bad});
  page.AddTable({.header = {bad}, .rows = {{bad}}});
  page.AddFigure("<svg></svg>", bad);
  EXPECT_THAT(page.Text(), Not(HasSubstr("<script")));
  EXPECT_THAT(page.Text(), HasSubstr("&lt;script&gt;"));
}

TEST(HtmlPageTest, NumbersAlignToTheRight) {
  HtmlPage page("t");
  page.AddTable({.header = {"layer", "R2"}, .rows = {{"relu", "0.98"}}});
  EXPECT_THAT(page.Text(), HasSubstr("<tr><td>relu</td><td class=\"n\">0.98</td></tr>"));
}

TEST(HtmlPageTest, AsksNothingOfTheNetwork) {
  HtmlPage page("t");
  page.AddList({});
  EXPECT_THAT(page.Text(), Not(HasSubstr("src=")));
  EXPECT_THAT(page.Text(), Not(HasSubstr("href=")));
  EXPECT_THAT(page.Text(), Not(HasSubstr("<ul>")));
}

}  // namespace
}  // namespace joulecast
