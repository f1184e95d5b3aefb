// SPDX-License-Identifier: Apache-2.0
// A meter of a program's own: a file in which something else, such as a wall socket's logger, keeps
// a total of millijoules. What runs between two readings is measured as with any built-in meter.
//   custom_meter FILE
#include <joulecast/error.h>
#include <joulecast/measure.h>

#include <cstdio>
#include <fstream>
#include <string>

using namespace joulecast;

namespace {

class FileMeter final : public Meter {
 public:
  explicit FileMeter(std::string path) : path_(std::move(path)) {
    if (!std::ifstream(path_)) {
      throw Error(ErrorKind::kDevice,
                  "wall: cannot read " + path_ + "; start the logger that writes it");
    }
  }

  std::string_view name() const override { return "wall"; }
  std::string source() const override { return "millijoules in " + path_; }
  std::span<const Domain> domains() const override { return {&domain_, 1}; }
  std::optional<Seconds> longest_gap() const override { return std::nullopt; }

  void Read(Reading& into) override {
    into.at = std::chrono::steady_clock::now();
    into.domains.resize(1);
    into.domains[0] = {};
    std::uint64_t millijoules = 0;
    if (std::ifstream(path_) >> millijoules) {
      into.domains[0].raw = millijoules;
      into.domains[0].total = Joules(1e-3 * static_cast<double>(millijoules));
    } else {
      into.domains[0].failure = path_ + " holds no number";
    }
  }

 private:
  std::string path_;
  Domain domain_ = {.name = "socket",
                    .part = "machine",
                    .evidence = Evidence::kMeasured,
                    .resolution = Joules(1e-3)};
};

}  // namespace

int main(int argc, char** argv) try {
  const std::string path = argc > 1 ? argv[1] : "total_mj";
  std::vector<std::unique_ptr<Meter>> meters;
  meters.push_back(std::make_unique<FileMeter>(path));
  EnergyWatch watch(std::move(meters));

  // What is measured. Here it plays the logger, too: 1.5 J pass while it runs.
  std::uint64_t total_mj = 0;
  std::ifstream(path) >> total_mj;
  std::ofstream(path) << total_mj + 1500 << '\n';

  const EnergyUse use = watch.Stop();
  if (!use.energy) {
    std::fprintf(stderr, "custom_meter: %s\n", use.failure.c_str());
    return 1;
  }
  std::printf("%.3f J (%s by %s)\n", use.energy->value(), std::string(Name(use.evidence)).c_str(),
              use.parts[0].label.c_str());
} catch (const Error& error) {
  std::fprintf(stderr, "custom_meter: %s\n", error.what());
  return 1;
}
