// SPDX-License-Identifier: Apache-2.0
// onnx -- ModelProto of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3; field numbers in
// this folder are from there.
#include "formats/onnx/onnx.h"

#include <memory>
#include <optional>
#include <span>

#include "base/mapped_file.h"
#include "base/text.h"
#include "formats/catalog.h"
#include "formats/onnx/graph_builder.h"
#include "formats/onnx/opset.h"
#include "formats/onnx/skeleton.h"
#include "formats/onnx/sniff.h"
#include "formats/onnx/wire.h"

namespace joulecast {
namespace onnx {
namespace {

Graph ReadModel(const WireFile& file, const std::filesystem::path& folder,
                const std::filesystem::path& name) {
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
  result.name = name.stem().string();
  result.format = "onnx";
  return result;
}

/// Any file that no earlier format claims is tried as ONNX: looking into it tells what it is.
std::optional<LoadedModel> Load(std::string_view name_or_path) {
  const std::filesystem::path path(name_or_path);
  std::error_code error;
  if (path.extension() != ".onnx" && !std::filesystem::exists(path, error)) return std::nullopt;
  return ReadOnnx(path);
}

/// Keeps the skeleton alone.
class Receiver : public ModelReceiver {
 public:
  explicit Receiver(const std::string& name) : filter_(name) {}
  void Take(std::span<const std::byte> bytes) override { filter_.Take(bytes); }
  std::size_t kept() const override { return filter_.kept(); }
  std::string Finish() override { return filter_.Finish(); }

 private:
  SkeletonFilter filter_;
};

std::unique_ptr<ModelReceiver> Receive(std::string_view head, const std::string& name) {
  if (const auto why = WhyNotOnnx(std::as_bytes(std::span(head)))) {
    WireFile{.name = Printable(name)}.Fail(*why);
  }
  return std::make_unique<Receiver>(name);
}

LoadedModel Read(std::string_view kept, const std::string& name) {
  return ReadOnnxSkeleton(kept, name);
}

}  // namespace
}  // namespace onnx

const ModelFormat kOnnx = {.name = "onnx",
                           .expects = "a file ending in .onnx",
                           .load = onnx::Load,
                           .receive = onnx::Receive,
                           .read = onnx::Read};

Graph ReadOnnx(const std::filesystem::path& path) {
  const MappedFile mapped(path);
  const onnx::WireFile file{
      .name = Printable(path.string()), .bytes = mapped.bytes(), .mapped = &mapped};
  if (const auto why = onnx::WhyNotOnnx(file.bytes)) file.Fail(*why);
  const std::filesystem::path folder = path.parent_path();
  return onnx::ReadModel(file, folder.empty() ? "." : folder, path);
}

Graph ReadOnnx(std::span<const std::byte> bytes, const std::string& name) {
  const onnx::WireFile file{.name = Printable(name), .bytes = bytes};
  if (const auto why = onnx::WhyNotOnnx(bytes)) file.Fail(*why);
  return onnx::ReadModel(file, {}, name);
}

Graph ReadOnnxSkeleton(std::string_view skeleton, const std::string& name) {
  const onnx::WireFile file{.name = Printable(name), .bytes = std::as_bytes(std::span(skeleton))};
  return onnx::ReadModel(file, {}, name);
}

}  // namespace joulecast
