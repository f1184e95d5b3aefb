// SPDX-License-Identifier: Apache-2.0
#include "formats/huggingface/huggingface.h"

#include <filesystem>
#include <memory>
#include <span>

#include "base/mapped_file.h"
#include "base/text.h"
#include "formats/catalog.h"
#include "joulecast/error.h"

namespace joulecast {

namespace {

namespace fs = std::filesystem;

constexpr const LanguageFamily* kFamilies[] = {
#define JOULECAST_LANGUAGE_FAMILY(family) &family,
#include "formats/huggingface/catalog.inc"
#undef JOULECAST_LANGUAGE_FAMILY
};

const LanguageFamily& FamilyOf(const ModelConfig& config) {
  const auto model_type = config.Text("model_type");
  std::vector<std::string> known;
  for (const LanguageFamily* family : kFamilies) {
    for (const std::string_view name : SplitBlanks(family->model_types)) {
      if (name == model_type) return *family;
      known.emplace_back(name);
    }
  }
  const std::string problem =
      model_type ? "'" + Printable(*model_type, 40) + "' is not known" : "it is missing";
  config.Fail("model_type", problem + "; Joulecast reads " + Join(known, ", "));
}

/// "…/Llama-2-7b-hf/config.json" is called Llama-2-7b-hf.
std::string NameOf(const fs::path& path) {
  const std::string folder = fs::absolute(path).parent_path().filename().string();
  return path.filename() == "config.json" && !folder.empty() ? folder : path.stem().string();
}

std::optional<LoadedModel> Load(std::string_view path) { return LoadLanguageModel(path); }

/// Keeps the text, of which real files have a few kilobytes.
class ConfigReceiver : public ModelReceiver {
 public:
  explicit ConfigReceiver(const std::string& name) : name_(name) {}

  void Take(std::span<const std::byte> bytes) override {
    constexpr std::size_t kMost = 1 << 20;
    if (bytes.size() > kMost - text_.size()) {
      throw Error(ErrorKind::kInput,
                  Printable(name_) + ": this is JSON of more than 1 MB, so no model's config.json");
    }
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  std::size_t kept() const override { return text_.size(); }
  std::string Finish() override { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

/// A config.json is an object, and nothing else that is read begins with a brace.
std::unique_ptr<ModelReceiver> Receive(std::string_view head, const std::string& name) {
  if (!Trim(head).starts_with('{')) return nullptr;
  return std::make_unique<ConfigReceiver>(name);
}

LoadedModel Read(std::string_view kept, const std::string& name) {
  return ReadLanguageModel(kept, Printable(name), fs::path(name).stem().string());
}

}  // namespace

LanguageModel ReadLanguageModel(std::string_view text, const std::string& path,
                                const std::string& name) {
  const ModelConfig config = ModelConfig::Parse(text, path);
  LanguageModel model = FamilyOf(config).build(config, name);
  model.family = config.Text("model_type").value_or("");
  return model;
}

std::optional<LanguageModel> LoadLanguageModel(std::string_view path) {
  fs::path file(path);
  std::error_code ignored;
  if (fs::is_directory(file, ignored) && fs::exists(file / "config.json", ignored)) {
    file /= "config.json";
  }
  if (file.extension() != ".json" || !fs::exists(file, ignored)) return std::nullopt;
  const MappedFile mapped(file);
  const auto bytes = mapped.bytes();
  return ReadLanguageModel(
      std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), file.string(),
      NameOf(file));
}

const ModelFormat kHuggingFace = {.name = "huggingface",
                                  .expects = "a language model's config.json",
                                  .load = Load,
                                  .receive = Receive,
                                  .read = Read};

}  // namespace joulecast
