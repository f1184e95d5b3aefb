// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <gmock/gmock.h>

#include "joulecast/error.h"
#include "report/web_assets.h"

namespace joulecast {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EscapeHtmlTest, WhatMeansSomethingInMarkupIsReplaced) {
  EXPECT_EQ(EscapeHtml("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
}

#define SKIP_WITHOUT_WEB() \
  if (WebAssets().empty()) GTEST_SKIP() << "built without Node"

std::string BodyOf(const std::string& page) {
  const std::size_t begin = page.find("<body>");
  const std::size_t end = page.rfind("<script>");  // the program, which follows what was added
  return page.substr(begin, end - begin);
}

TEST(HtmlPageTest, TextFromOutsideNeverBecomesMarkup) {
  SKIP_WITHOUT_WEB();
  const std::string bad = "</title></script><script>alert(1)</script><!--";
  HtmlPage page(bad);
  page.AddHeading(bad);
  page.AddParagraph(bad);
  page.AddList(std::vector<std::string>{bad});
  page.AddTable({.header = {bad}, .rows = {{bad}}});
  page.AddFacts(std::vector<std::pair<std::string, std::string>>{{bad, bad}});
  page.AddFigure("{\"label\": \"" + bad + "\"}", bad);
  page.ShowInstead("estimate", "{\"model\": \"" + bad + "\"}");
  const std::string body = BodyOf(page.Text());
  EXPECT_THAT(body, Not(HasSubstr("<script>")));
  EXPECT_THAT(body, Not(HasSubstr("<!--")));
  EXPECT_THAT(body, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(body, HasSubstr("\\u003cscript>alert(1)\\u003c/script>"));
}

TEST(HtmlPageTest, NumbersAlignToTheRight) {
  SKIP_WITHOUT_WEB();
  HtmlPage page("t");
  page.AddTable({.header = {"layer", "R2"}, .rows = {{"relu", "0.98"}}});
  EXPECT_THAT(page.Text(), HasSubstr("<tr><td>relu</td><td class=\"n\">0.98</td></tr>"));
}

TEST(HtmlPageTest, AsksNothingOfTheNetworkAndAllowsOnlyItsOwnScript) {
  SKIP_WITHOUT_WEB();
  HtmlPage page("t");
  page.AddList({});
  const std::string text = page.Text();
  const std::string head = text.substr(0, text.find("<style>"));
  EXPECT_THAT(head, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(head, Not(HasSubstr("unsafe")));
  EXPECT_THAT(head + BodyOf(text), Not(HasSubstr("src=")));
  EXPECT_THAT(head + BodyOf(text), Not(HasSubstr("href=")));
  EXPECT_THAT(BodyOf(text), Not(HasSubstr("<ul>")));
}

TEST(HtmlPageTest, ABuildWithoutNodeSaysWhatToInstall) {
  if (!WebAssets().empty()) GTEST_SKIP() << "built with Node";
  try {
    (void)HtmlPage("t").Text();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    EXPECT_THAT(error.what(), HasSubstr("install nodejs and npm"));
  }
}

}  // namespace
}  // namespace joulecast
