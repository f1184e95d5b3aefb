// SPDX-License-Identifier: Apache-2.0
// A list of candidates, a line of JSON each.
#include <fstream>

#include "fuzz/estimate_all.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "joulecast/predict.h"
#include "joulecast/score.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) {
  const std::string path = ScratchFolder() / "candidates.jsonl";
  std::ofstream(path, std::ios::binary) << input;
  const Predictor predictor(ShippedProfile());
  CheckScoreboard(ScoreFile(path, predictor, {.top = 3, .threads = 1}));
}

}  // namespace joulecast::fuzz
