// SPDX-License-Identifier: Apache-2.0
#include "request/language_request.h"

#include "joulecast/error.h"

namespace joulecast {

std::vector<Parameter> LanguageRequest::Parameters() {
  constexpr std::string_view kGroup = "Language models";
  return {{.name = "prompt",
           .value = "N",
           .summary = "Tokens of the prompt; 512 if not given",
           .target = &prompt,
           .group = kGroup},
          {.name = "generate",
           .value = "N",
           .summary = "Tokens to generate; 128 if not given",
           .target = &generate,
           .group = kGroup},
          {.name = "phase",
           .value = "PHASE",
           .summary = "Layers of one pass in place of the whole request: the prompt's\n"
                      "(prefill) or the middle token's (decode)",
           .target = &phase,
           .choices = {"prefill", "decode"},
           .group = kGroup}};
}

GenerationRequest LanguageRequest::RequestOf(const LanguageModel& model,
                                             std::optional<std::int64_t> batch) const {
  GenerationRequest request;
  request.batch = batch.value_or(request.batch);
  request.prompt = prompt.value_or(request.prompt);
  request.generate = generate.value_or(model.decode ? request.generate : 0);
  return request;
}

const Estimate* LanguageRequest::PassOf(const GenerationEstimate& estimate) const {
  if (phase.empty()) return nullptr;
  if (phase == "prefill") return &estimate.prefill.typical;
  if (estimate.decode) return &estimate.decode->typical;
  throw Error(ErrorKind::kUsage, "--phase decode: this request has no pass that only generates");
}

void LanguageRequest::RefuseAny() const {
  if (!prompt && !generate && phase.empty()) return;
  throw Error(ErrorKind::kUsage,
              "--prompt, --generate and --phase are for language models, read from a config.json");
}

}  // namespace joulecast
