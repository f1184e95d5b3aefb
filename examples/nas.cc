// SPDX-License-Identifier: Apache-2.0
// A search among a million candidates of 20 layers on all cores: the ten that take least energy,
// and the Pareto set of energy against a score that the program computes itself.
//   nas [CANDIDATES] [THREADS]
#include <joulecast/error.h>
#include <joulecast/score.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace joulecast;

namespace {

/// Ten blocks of a convolution and an activation, at four resolutions. Each block's width and
/// kernel are decided; a width is the next block's input.
CandidateTemplate Blocks() {
  CandidateTemplate space{.name = "blocks"};
  const int sides[] = {112, 112, 56, 56, 56, 28, 28, 28, 14, 14};
  std::string in = "3";
  for (int i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i + 1);
    const std::string width = "w" + number;
    const std::string kernel = "k" + number;
    const std::string side = std::to_string(sides[i]);
    space.decisions.push_back({.name = width, .options = {16, 24, 32, 48, 64, 96, 128}});
    space.decisions.push_back({.name = kernel, .options = {1, 3, 5, 7}});
    space.layers.push_back({.spec = "conv2d batch=1 in=" + in + " out={" + width + "} image=" +
                                    side + " kernel={" + kernel + "} padding={" + kernel + "/2}"});
    space.layers.push_back(
        {.spec = "relu batch=1 elements={" + width + "*" + side + "*" + side + "} inplace=1"});
    in = "{" + width + "}";
  }
  return space;
}

/// In place of a predictor of accuracy: wider and larger is better, less and less so.
double Score(std::span<const std::uint32_t> decided) {
  double score = 0;
  for (std::size_t i = 0; i < decided.size(); i += 2) {
    score += std::log(2.0 + decided[i]) + 0.3 * std::sqrt(decided[i + 1]);
  }
  return score;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::uint64_t candidates = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 0;
  const Profile profile = LoadProfile(DefaultDevice());
  const Predictor predictor(profile);
  const CandidateSpace space(Blocks(), predictor);

  const auto start = std::chrono::steady_clock::now();
  const Scoreboard board = ScoreSpace(space, {.top = 10,
                                              .against = Criterion::kScore,
                                              .sample = candidates,
                                              .seed = 1,
                                              .threads = threads,
                                              .score = Score});
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::fputs(ScoreboardText(board).c_str(), stdout);
  std::fprintf(stderr, "%.2f million candidates a second\n",
               1e-6 * static_cast<double>(board.candidates) / time.count());
} catch (const Error& error) {
  std::fprintf(stderr, "nas: %s\n", error.what());
  return 1;
}
