// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/sniff.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace joulecast::onnx {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLooked = 512;
constexpr std::string_view kExport =
    "export the model with torch.onnx.export(model, example_input, \"model.onnx\")";
constexpr std::string_view kConvert = "convert the model to ONNX first";
constexpr std::string_view kUnpack = "unpack it first";
constexpr std::string_view kDownload = "download the model again";

/// A kind of file by the bytes it begins with.
struct Kind {
  std::size_t offset;
  std::string_view magic;
  std::string_view name;
  std::string_view advice;  ///< empty where none helps
};

constexpr Kind kKinds[] = {
    {0, "\x89PNG"sv, "a PNG image", ""},
    {0, "\xFF\xD8\xFF"sv, "a JPEG image", ""},
    {0, "GIF8"sv, "a GIF image", ""},
    {0, "%PDF"sv, "a PDF document", ""},
    {0,
     "\x7F"
     "ELF"sv,
     "a program", ""},
    {0, "\x1F\x8B"sv, "a gzip archive", kUnpack},
    {0,
     "\xFD"
     "7zXZ"sv,
     "an xz archive", kUnpack},
    {0, "\x28\xB5\x2F\xFD"sv, "a zstd archive", kUnpack},
    {257, "ustar"sv, "a tar archive", kUnpack},
    {0, "\x93NUMPY"sv, "a NumPy array", ""},
    {0, "\x89HDF"sv, "an HDF5 file, as Keras writes", kConvert},
    {0, "GGUF"sv, "a GGUF file of weights", kConvert},
    {4, "TFL3"sv, "a TensorFlow Lite model", kConvert},
    {4, "ORTM"sv, "a model in ONNX Runtime's own format", "use the .onnx file that it was made of"},
    {8, "{\""sv, "a safetensors file: weights without a network", kExport},
    {0, "\x80\x02"sv, "a Python pickle, as old PyTorch writes", kExport},
    {0, "\x80\x03"sv, "a Python pickle", kExport},
    {0, "\x80\x04"sv, "a Python pickle", kExport},
    {0, "\x80\x05"sv, "a Python pickle", kExport},
    {0, "version https://git-lfs"sv, "a Git LFS pointer", "run `git lfs pull` to get the model"},
};

std::string Verdict(std::string_view name, std::string_view advice) {
  std::string verdict = "this is " + std::string(name) + ", not an ONNX model";
  if (!advice.empty()) verdict += "; " + std::string(advice);
  return verdict;
}

bool IsText(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || c == '\t' || c == '\n' || c == '\r';
  });
}

/// PyTorch's archives hold data.pkl, and TorchScript's a code folder too.
std::string VerdictOnZip(std::string_view head) {
  const bool is_torch = head.find(".pkl") != std::string_view::npos ||
                        head.find("/version") != std::string_view::npos ||
                        head.find("/code/") != std::string_view::npos;
  if (is_torch) return Verdict("a PyTorch archive (TorchScript or a checkpoint)", kExport);
  return Verdict("a zip archive", kUnpack);
}

std::string VerdictOnText(std::string_view head) {
  const std::string_view text = Trim(head);
  if (text.starts_with('<')) return Verdict("an HTML or XML page", kDownload);
  return Verdict("a text file", "");
}

/// The tags that a ModelProto can begin with: its fields 1 to 8, 14, 20 and 25.
bool BeginsLikeModel(std::string_view head) {
  return "\x08\x12\x1A\x22\x28\x32\x3A\x42\x72\xA2\xCA"sv.find(head[0]) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> WhyNotOnnx(std::span<const std::byte> bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), kLooked));
  if (head.empty()) return "the file is empty; " + std::string(kDownload);
  for (const Kind& kind : kKinds) {
    if (head.size() >= kind.offset && head.substr(kind.offset).starts_with(kind.magic)) {
      return Verdict(kind.name, kind.advice);
    }
  }
  if (head.starts_with("PK\x03\x04")) return VerdictOnZip(head);
  if (IsText(head)) return VerdictOnText(head);
  if (!BeginsLikeModel(head)) return "this is not an ONNX model; " + std::string(kDownload);
  return std::nullopt;
}

}  // namespace joulecast::onnx
