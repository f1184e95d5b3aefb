// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/duration.h"

#include <algorithm>

#include "joulecast/zoo.h"
#include "measure/clock.h"

namespace joulecast {
namespace {

/// Layers of mere arithmetic and of mere traffic.
constexpr const char* kArithmetic = "conv2d batch=1 in=64 out=64 image=56x56 kernel=3x3 padding=1";
constexpr const char* kTraffic = "relu batch=1 elements=4194304";

constexpr int kProbeRuns = 5;

struct Rates {
  double s_per_mac = 0;
  double s_per_byte = 0;
};

Seconds TimeOf(const LayerSpec& spec, const Backend& backend, Clock& clock) {
  const auto runnable = backend.Load(spec);
  Seconds best{1e9};
  for (int run = 0; run < kProbeRuns; ++run) {
    const auto start = clock.Now();
    runnable->Run();
    runnable->Synchronize();
    best = std::min(best, Seconds(clock.Now() - start));
  }
  return best;
}

Rates ReadRates(const Backend& backend, Clock& clock) {
  const LayerSpec arithmetic = LayerSpec::Parse(kArithmetic);
  const LayerSpec traffic = LayerSpec::Parse(kTraffic);
  return {TimeOf(arithmetic, backend, clock).count() / double(arithmetic.CountWork().macs),
          TimeOf(traffic, backend, clock).count() / double(traffic.CountWork().bytes())};
}

/// Filling the tensors with random numbers, warming up, one window.
Seconds OneRepetition(const Work& work, const Rates& rates, Seconds window) {
  constexpr double kFillings = 4;  // a random number takes some times as long as moving it
  const double call_s =
      double(work.macs) * rates.s_per_mac + double(work.bytes()) * rates.s_per_byte;
  const double fill_s = kFillings * double(work.weight_bytes + work.input_bytes) * rates.s_per_byte;
  const double warm_up_s = std::min(6 * call_s, 2 * window.count() + call_s);
  return Seconds(fill_s + warm_up_s + std::max(1.1 * window.count(), call_s));
}

Work WorkOf(const Item& item) {
  if (item.spec) return item.spec->CountWork();
  return Resolve(*BuildZooModel(item.model), {.batch = item.batch}).TotalWork();
}

}  // namespace

Duration ExpectedDuration(const Campaign& campaign, const Plan& plan, const Backend& backend,
                          Clock& clock) {
  const Repeats& repeats = campaign.repeats;
  const Rates rates = ReadRates(backend, clock);
  Seconds once{0};
  for (const Item& item : plan.items) once += OneRepetition(WorkOf(item), rates, repeats.window);
  for (const OpenBlock& block : plan.open) {
    Seconds candidates{0};
    for (const LayerSpec& spec : block.candidates) {
      candidates += OneRepetition(spec.CountWork(), rates, repeats.window);
    }
    once += candidates * double(block.configurations) / double(block.candidates.size());
  }
  return {double(repeats.fewest) * once + 2 * repeats.idle,
          double(repeats.most) * once + 2 * repeats.idle};
}

}  // namespace joulecast
