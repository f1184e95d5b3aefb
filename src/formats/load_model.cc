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
  std::vector<std::string> tried;
  for (const ModelFormat* format : formats) {
    expected.emplace_back(format->expects);
    if (format->names == nullptr) {
      tried = {"no such file"};
    } else {
      for (std::string& each : format->names()) known.push_back(std::move(each));
    }
  }
  if (!known.empty()) tried.emplace_back("no built-in model of that name");
  std::string message = "no model '" + Printable(name, 80) + "': there is " + Join(tried, " and ");
  if (const auto closest = ClosestName(name, known)) {
    message += "; did you mean '" + *closest + "'?";
  } else {
    message += "; give " + Join(expected, " or ");
  }
  throw Error(ErrorKind::kUsage, message);
}

}  // namespace

std::span<const ModelFormat* const> ModelFormats() { return kFormats; }

LoadedModel LoadAnyModel(std::string_view name_or_path,
                         std::span<const ModelFormat* const> formats) {
  for (const ModelFormat* format : formats) {
    if (auto model = format->load(name_or_path)) return *std::move(model);
  }
  ThrowUnknown(name_or_path, formats);
}

Graph LoadModel(std::string_view name_or_path, std::span<const ModelFormat* const> formats) {
  return GraphOf(LoadAnyModel(name_or_path, formats));
}

Graph LoadModel(std::string_view name_or_path) { return LoadModel(name_or_path, kFormats); }

Graph GraphOf(LoadedModel model) {
  if (auto* language = std::get_if<LanguageModel>(&model)) return std::move(language->prefill);
  return std::get<Graph>(std::move(model));
}

}  // namespace joulecast
