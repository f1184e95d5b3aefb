// SPDX-License-Identifier: Apache-2.0
// What a reading costs. The powercap trees lie in memory (/dev/shm), so this is our own part and
// the system calls; what the kernel adds to fetch a register - some microseconds for another
// socket's - only a machine with counters can tell: `joulecast doctor` does.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "meters/catalog.h"
#include "meters/test_powercap.h"

namespace joulecast {
namespace {

void ReadAll(benchmark::State& state, Meter& meter) {
  Reading reading;
  for (auto _ : state) {
    meter.Read(reading);
    benchmark::DoNotOptimize(reading.domains.data());
  }
  for (const DomainReading& domain : reading.domains) {
    if (!domain.total) state.SkipWithError(domain.failure.c_str());
  }
  state.counters["domains"] = static_cast<double>(reading.domains.size());
}

/// Two sockets with their memory.
void ReadPowercap(benchmark::State& state) {
  TestPowercap machine;
  machine.AddTwoSockets();
  ReadAll(state, *kPowercap.open("", machine.host()));
}
BENCHMARK(ReadPowercap);

/// On this machine's own processors.
void ReadModelled(benchmark::State& state) { ReadAll(state, *kModelled.open("", {})); }
BENCHMARK(ReadModelled);

}  // namespace
}  // namespace joulecast

int main(int argc, char** argv) {
  ::setenv("TMPDIR", "/dev/shm", 0);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
