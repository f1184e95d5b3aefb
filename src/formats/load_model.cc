// SPDX-License-Identifier: Apache-2.0
#include "formats/load_model.h"

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr const ModelFormat* kFormats[] = {
#define JOULECAST_FORMAT(format) &format,
#include "formats/catalog.inc"
#undef JOULECAST_FORMAT
};

[[noreturn]] void ThrowUnknown(std::string_view name, std::span<const ModelFormat* const> formats) {
  std::vector<std::string> expected;
  std::vector<std::string> known;
  for (const ModelFormat* format : formats) {
    expected.emplace_back(format->expects);
    if (format->names == nullptr) continue;
    for (std::string& each : format->names()) known.push_back(std::move(each));
  }
  std::string message = "no model '" + Printable(name, 80) + "': there is no such file";
  if (!known.empty()) message += " and no built-in model of that name";
  if (const auto closest = ClosestName(name, known)) {
    message += "; did you mean '" + *closest + "'?";
  } else {
    message += "; give " + Join(expected, " or ");
  }
  throw Error(ErrorKind::kUsage, message);
}

}  // namespace

Graph LoadModel(std::string_view name_or_path, std::span<const ModelFormat* const> formats) {
  for (const ModelFormat* format : formats) {
    if (auto graph = format->load(name_or_path)) return *std::move(graph);
  }
  ThrowUnknown(name_or_path, formats);
}

Graph LoadModel(std::string_view name_or_path) { return LoadModel(name_or_path, kFormats); }

}  // namespace joulecast
