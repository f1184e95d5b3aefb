// SPDX-License-Identifier: Apache-2.0
// onnx -- ModelProto of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3; field numbers in
// this folder are from there.
#include "formats/onnx/onnx.h"

#include <optional>

#include "base/mapped_file.h"
#include "base/text.h"
#include "formats/catalog.h"
#include "formats/onnx/graph_builder.h"
#include "formats/onnx/opset.h"
#include "formats/onnx/sniff.h"
#include "formats/onnx/wire.h"

namespace joulecast {
namespace onnx {
namespace {

Graph ReadModel(const WireFile& file, const std::string& name,
                const std::filesystem::path& folder) {
  if (const auto why = WhyNotOnnx(file.bytes)) file.Fail(*why);
  WireReader model(file);
  ModelContext context{.folder = folder};
  std::optional<WireReader> graph;
  while (model.Next()) {
    if (model.field() == 7) {  // graph
      if (graph) file.Fail("it holds two graphs: were two files joined?");
      graph = model.Message();
    }
    if (model.field() == 8) context.opset = ReadOpset(model.Message()).value_or(context.opset);
    if (model.field() == 25) context.functions.push_back(model.Message());
  }
  if (!graph) {
    file.Fail("it ends at byte " + std::to_string(file.bytes.size()) +
              " without a graph: download or export it again, if it is an ONNX model at all");
  }
  Graph result = BuildGraph(*graph, context);
  result.name = name;
  result.format = "onnx";
  return result;
}

/// Any file that no earlier format claims is tried as ONNX: looking into it tells what it is.
std::optional<Graph> Load(std::string_view name_or_path) {
  const std::filesystem::path path(name_or_path);
  std::error_code error;
  if (path.extension() != ".onnx" && !std::filesystem::exists(path, error)) return std::nullopt;
  return ReadOnnx(path);
}

}  // namespace
}  // namespace onnx

const ModelFormat kOnnx = {.name = "onnx", .expects = "a file ending in .onnx", .load = onnx::Load};

Graph ReadOnnx(const std::filesystem::path& path) {
  const MappedFile mapped(path);
  const onnx::WireFile file{
      .name = Printable(path.string()), .bytes = mapped.bytes(), .mapped = &mapped};
  return onnx::ReadModel(file, path.stem().string(),
                         path.has_parent_path() ? path.parent_path() : ".");
}

Graph ReadOnnx(std::span<const std::byte> bytes, const std::string& name) {
  return onnx::ReadModel({.name = Printable(name), .bytes = bytes}, name, {});
}

}  // namespace joulecast
