// SPDX-License-Identifier: Apache-2.0
// A list of candidates, a line of JSON each.
#include <fstream>

#include "fuzz/estimate_all.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "joulecast/predict.h"
#include "joulecast/score.h"

namespace joulecast::fuzz {

void ScoreLines(std::string_view text) {
  const std::string path = ScratchFolder() / "candidates.jsonl";
  std::ofstream(path, std::ios::binary) << text;
  const Predictor predictor(ShippedProfile());
  CheckScoreboard(ScoreFile(path, predictor, {.top = 3, .threads = 1}));
}

}  // namespace joulecast::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  Try([&] { ScoreLines(Text(data, size)); });
  return 0;
}
