// SPDX-License-Identifier: Apache-2.0
#include "cli/run/bench_options.h"

#include "backends/torch/torch_backend.h"
#include "cli/app.h"

namespace joulecast {

void BenchOptions::AddTo(CLI::App& command) {
  command.add_option("--on", device, "Where layers run: cpu, cuda, cuda:1")
      ->type_name("DEVICE")
      ->capture_default_str();
  command.add_option("--threads", threads, "Threads that compute; all processors if not given")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  meters.AddTo(command);
}

std::unique_ptr<Backend> BenchOptions::OpenBackend() const {
  auto backend = OpenTorchBackend({.device = device, .threads = threads, .fusion = fusion});
  for (const std::string& warning : backend->description().warnings) Warn(warning);
  return backend;
}

}  // namespace joulecast
