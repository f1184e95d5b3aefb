// SPDX-License-Identifier: Apache-2.0
#include "cli/language_options.h"

#include "joulecast/error.h"

namespace joulecast {

void LanguageOptions::AddTo(CLI::App& command) {
  constexpr const char* kGroup = "Language models";
  command.add_option("--prompt", prompt, "Tokens of the prompt; 512 if not given")
      ->type_name("N")
      ->group(kGroup);
  command.add_option("--generate", generate, "Tokens to generate; 128 if not given")
      ->type_name("N")
      ->group(kGroup);
  command
      .add_option("--phase", phase,
                  "Layers of one pass in place of the whole request: the prompt's\n"
                  "(prefill) or the middle token's (decode)")
      ->type_name("PHASE")
      ->check(CLI::IsMember({"prefill", "decode"}))
      ->group(kGroup);
}

GenerationRequest LanguageOptions::RequestOf(const LanguageModel& model,
                                             std::optional<std::int64_t> batch) const {
  GenerationRequest request;
  request.batch = batch.value_or(request.batch);
  request.prompt = prompt.value_or(request.prompt);
  request.generate = generate.value_or(model.decode ? request.generate : 0);
  return request;
}

const Estimate* LanguageOptions::PassOf(const GenerationEstimate& estimate) const {
  if (phase.empty()) return nullptr;
  if (phase == "prefill") return &estimate.prefill.typical;
  if (estimate.decode) return &estimate.decode->typical;
  throw Error(ErrorKind::kUsage, "--phase decode: this request has no pass that only generates");
}

void LanguageOptions::RefuseAny() const {
  if (!prompt && !generate && phase.empty()) return;
  throw Error(ErrorKind::kUsage,
              "--prompt, --generate and --phase are for language models, read from a config.json");
}

}  // namespace joulecast
