// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "joulecast/error.h"
#include "joulecast/graph.h"

namespace joulecast {
namespace {

/// Nodes named a, b, c, ...; node i reads the values `reads[i]` and writes value i.
Graph MakeGraph(const std::vector<std::vector<ValueId>>& reads) {
  Graph graph;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const ValueId output = graph.AddValue({.name = "v" + std::to_string(i)});
    graph.nodes.push_back({.op = "Relu",
                           .name = std::string(1, static_cast<char>('a' + i)),
                           .inputs = reads[i],
                           .outputs = {output}});
  }
  return graph;
}

std::string Order(const Graph& graph) {
  std::string order;
  for (const Node& node : graph.nodes) order += node.name;
  return order;
}

TEST(SortTopologicallyTest, PutsReadersBehindWhatTheyRead) {
  Graph graph = MakeGraph({{2}, {}, {1}});  // a reads c, c reads b
  SortTopologically(graph);
  EXPECT_EQ(Order(graph), "bca");
}

TEST(SortTopologicallyTest, KeepsAnOrderThatIsValid) {
  Graph graph = MakeGraph({{}, {}, {0}, {1, kNoValue}, {2, 3}});
  SortTopologically(graph);
  EXPECT_EQ(Order(graph), "abcde");
}

TEST(SortTopologicallyTest, NamesTheNodesOfACycle) {
  Graph graph = MakeGraph({{}, {0, 2}, {1}});
  try {
    SortTopologically(graph);
    FAIL() << "sorted a cycle";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("cyclic"), testing::HasSubstr("'b', Relu 'c'")));
  }
}

TEST(ElementCountTest, RefusesWhatNoMemoryHolds) {
  EXPECT_EQ(ElementCount({}), 1);
  EXPECT_EQ(ElementCount({2, 0, 3}), 0);
  EXPECT_EQ(ElementCount({8, 3, 224, 224}), 1204224);
  EXPECT_THROW(ElementCount({std::int64_t{1} << 40, std::int64_t{1} << 40}), Error);
  EXPECT_THROW(ElementCount({-1, 3}), Error);
  EXPECT_THROW(ElementCount({0, INT64_MAX}), Error);
}

}  // namespace
}  // namespace joulecast
