// SPDX-License-Identifier: Apache-2.0
// The five networks of the ONNX model zoo without weights, against layers counted by others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.h"
#include "formats/onnx/onnx.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string op;
  std::string in_shape;
  std::string out_shape;
  std::int64_t macs = 0;
};

/// The folder of models: $JOULECAST_MODELS, or what lies beside the source tree.
fs::path ModelsFolder() {
  if (const char* folder = std::getenv("JOULECAST_MODELS")) return folder;
  return fs::path(__FILE__).parent_path() / "../../../../shared/models";
}

/// Rows of reference_layers.csv by model: model,idx,op,name,in_shape,weight_shape,out_shape,macs.
std::map<std::string, std::vector<Row>> ReadRows(const fs::path& csv) {
  std::map<std::string, std::vector<Row>> rows;
  std::ifstream file(csv);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = Split(Trim(line), ',');
    if (cells.size() != 8) throw std::runtime_error("not 8 cells: " + line);
    rows[std::string(cells[0])].push_back({.op = std::string(cells[2]),
                                           .in_shape = std::string(cells[4]),
                                           .out_shape = std::string(cells[6]),
                                           .macs = ParseInt(cells[7]).value()});
  }
  return rows;
}

Shape ParseShape(std::string_view text) {
  Shape shape;
  for (const std::string_view extent : Split(text, 'x')) {
    shape.push_back(ParseInt(extent).value());
  }
  return shape;
}

/// One layer against its row. Specs that see their tensor flat keep its number of elements.
void Compare(const Layer& layer, const Row& row, const std::string& where) {
  ASSERT_EQ(layer.op, row.op) << where;
  ASSERT_TRUE(layer.spec) << where << ": " << layer.note;
  EXPECT_FALSE(layer.shape_assumed) << where;
  EXPECT_EQ(layer.spec->CountWork().macs, row.macs) << where;
  const Shape expected = ParseShape(row.out_shape);
  const Shape shape = layer.spec->OutputShape();
  if (shape.size() == expected.size()) {
    EXPECT_EQ(shape, expected) << where;
  } else {
    EXPECT_EQ(ElementCount(shape), ElementCount(expected)) << where;
  }
}

TEST(ReferenceLayersTest, EveryLayerHasTheReferencesMacsAndShape) {
  const fs::path folder = ModelsFolder() / "onnx_light";
  if (!fs::exists(folder / "reference_layers.csv")) {
    GTEST_SKIP() << "no " << (folder / "reference_layers.csv") << "; set JOULECAST_MODELS";
  }
  const auto models = ReadRows(folder / "reference_layers.csv");
  ASSERT_EQ(models.size(), 5u);
  for (const auto& [name, rows] : models) {
    const LayeredModel model = Resolve(ReadOnnx(folder / name), {});
    auto layer = model.layers.begin();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      // The reference lists a node that only reshapes a weight; we do that before running.
      const bool is_folded = rows[i].in_shape == "1x1x1000x1024" && rows[i].op == "Reshape";
      if (is_folded) continue;
      const std::string where = name + " row " + std::to_string(i) + " " + rows[i].op;
      ASSERT_NE(layer, model.layers.end()) << where << " is missing";
      Compare(*layer++, rows[i], where);
    }
    EXPECT_EQ(layer, model.layers.end()) << name << " has more layers than its reference";
  }
}

}  // namespace
}  // namespace joulecast
