// SPDX-License-Identifier: Apache-2.0
// How many candidates of 20 layers are scored a second, on one thread and on several:
//   build/release/score_bench [CANDIDATES]
// Threads are compared by turns, so that what else the machine does meets them all alike. The rate
// per core is by the process's own time: another process takes none of it.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/parallel.h"
#include "joulecast/profile.h"
#include "joulecast/score.h"

namespace joulecast {
namespace {

constexpr int kTurns = 7;

/// 20 layers of a chain whose widths and kernels are decided: each convolution depends on 3 of 20.
CandidateTemplate Chain() {
  CandidateTemplate chain{.name = "chain"};
  for (int i = 0; i <= 10; ++i) {
    chain.decisions.push_back({.name = fmt::format("w{}", i), .options = {16, 24, 32, 48, 64, 96}});
  }
  for (int i = 1; i <= 10; ++i) {
    chain.decisions.push_back({.name = fmt::format("k{}", i), .options = {1, 3, 5, 7}});
    chain.layers.push_back(
        {.spec = fmt::format("conv2d batch=1 in={{w{}}} out={{w{}}} image=28 kernel={{k{}}} "
                             "padding={{k{}/2}}",
                             i - 1, i, i, i)});
    chain.layers.push_back(
        {.spec = fmt::format("relu batch=1 elements={{w{}*28*28}} inplace=1", i)});
  }
  return chain;
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Rates {
  std::vector<double> wall;  ///< candidates per second
  std::vector<double> cpu;   ///< candidates per second of processor time
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Run(std::uint64_t count) {
  const Profile profile = LoadProfile(DefaultDevice());
  const Predictor predictor(profile);
  const auto begin = std::chrono::steady_clock::now();
  const CandidateSpace space(Chain(), predictor);
  const std::chrono::duration<double> making = std::chrono::steady_clock::now() - begin;
  fmt::print("tables of {} forecasts for {} layers, made in {:.1f} ms\n", space.forecasts(),
             space.candidates().layers.size(), 1e3 * making.count());

  const std::vector<int> threads = {1, std::max(2, DefaultThreads())};
  std::vector<Rates> rates(threads.size());
  std::vector<double> speedups;
  for (int turn = 0; turn < kTurns; ++turn) {
    for (std::size_t i = 0; i < threads.size(); ++i) {
      const double cpu = CpuSeconds();
      const auto start = std::chrono::steady_clock::now();
      ScoreSpace(space, {.sample = count, .seed = 1, .threads = threads[i]});
      const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
      rates[i].wall.push_back(static_cast<double>(count) / wall.count());
      rates[i].cpu.push_back(static_cast<double>(count) / (CpuSeconds() - cpu));
    }
    speedups.push_back(rates[1].wall.back() / rates[0].wall.back());
  }
  for (std::size_t i = 0; i < threads.size(); ++i) {
    fmt::print("{} threads: {:.2f} M candidates/s, {:.2f} M per second of processor time\n",
               threads[i], 1e-6 * Median(rates[i].wall), 1e-6 * Median(rates[i].cpu));
  }
  fmt::print("{} threads are {:.2f} times as fast as one (median of {} pairs, {:.2f} to {:.2f})\n",
             threads[1], Median(speedups), kTurns,
             *std::min_element(speedups.begin(), speedups.end()),
             *std::max_element(speedups.begin(), speedups.end()));
  return 0;
}

}  // namespace
}  // namespace joulecast

int main(int argc, char** argv) {
  return joulecast::Run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000);
}
