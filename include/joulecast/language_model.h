// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "joulecast/graph.h"

namespace joulecast {

/// A language model: what runs for a prompt, and what for each further token. Shapes are open in
/// the symbols "batch", "prompt" (tokens), "past" (positions whose keys and values are cached) and
/// "context" (past + 1).
struct LanguageModel {
  std::string family;             ///< "llama"
  Graph prefill;                  ///< an encoder's only pass
  std::optional<Graph> decode;    ///< one more token; nullopt: it generates nothing
  std::optional<Graph> training;  ///< forward pass of a training step; nullopt: see TrainingPass
  /// The prompt's pass yields the first token already, and the prompt is part of `past`
  /// (decoder-only models). If not, `past` counts generated tokens only (encoder-decoder models).
  bool prefill_generates = true;
  std::optional<std::int64_t> window;         ///< positions that attention looks back at most
  std::optional<std::int64_t> max_positions;  ///< that it was trained for

  /// What a training step runs of [batch, prompt] tokens: an encoder's only pass, or that with
  /// results at every position; null for encoder-decoder models, whose answers are not known.
  const Graph* TrainingPass() const;

  /// Trainable numbers, each weight once, whichever passes use it.
  std::int64_t Params() const;
};

}  // namespace joulecast
