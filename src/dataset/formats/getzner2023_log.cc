// SPDX-License-Identifier: Apache-2.0
// The collectors ran under Slurm; CodeCarbon wrote its errors between their progress lines:
//
//   Starting data-collection for conv2d...
//   0/2 (config_no/rep_no) [batch_size:237,...] (0.93% done)
//   [codecarbon ERROR @ 12:18:01] In RAPLFile : Current energy value (...) is lower than previous
//
// An older collector drew a progress bar, whose refreshes end in '\r', so that the first error
// stands at the end of its line:
//
//   current config:[batch_size:130,...]:   0%|          | 2/500 [03:28<..][codecarbon ERROR @ ...
//   [codecarbon ERROR @ 11:58:08] In RAPLFile : Current energy value (...) is lower than previous
//
// The authors' counts of kept rows come out only if an error counts where it starts a line: a
// single one behind a bar goes unnoticed. What is reproduced here is what they did.
#include "dataset/formats/getzner2023_log.h"

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace joulecast {
namespace {

constexpr std::string_view kError = "[codecarbon ERROR";
constexpr std::string_view kSection = "Starting data-collection for ";
constexpr std::string_view kBar = "current config:";
constexpr std::string_view kDone = "% done)";
constexpr int kRepetitions = 3;

struct Fraction {
  int numerator = 0;
  int denominator = 0;
};

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> ReadInt(std::string_view digits) {
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end != digits.data() ? std::optional(number) : std::nullopt;
}

/// The first "a/b" of a line.
std::optional<Fraction> FirstFraction(std::string_view line) {
  for (std::size_t slash = line.find('/'); slash != std::string_view::npos;
       slash = line.find('/', slash + 1)) {
    std::size_t begin = slash;
    while (begin > 0 && IsDigit(line[begin - 1])) --begin;
    const auto numerator = ReadInt(line.substr(begin, slash - begin));
    const auto denominator = ReadInt(line.substr(slash + 1));
    if (numerator && denominator) return Fraction{*numerator, *denominator};
  }
  return std::nullopt;
}

/// Reads a log line by line, keeping what is running.
class LogReader {
 public:
  void Read(std::string_view line) {
    if (line.starts_with(kSection)) {
      std::string_view name = Trim(line.substr(kSection.size()));
      while (name.ends_with('.')) name.remove_suffix(1);
      section_ = &found_[std::string(name)];
      running_.clear();
    } else if (line.starts_with(kBar)) {
      const auto bar = FirstFraction(line);
      if (bar) StartConfiguration(bar->numerator);
    } else if (line.ends_with(kDone)) {
      const auto step = FirstFraction(line);
      if (step) running_ = {step->numerator * kRepetitions + step->denominator - 1};
    } else if (line.starts_with(kError)) {
      Drop();
    }
  }

  WrappedRows Found() { return std::move(found_); }

 private:
  void StartConfiguration(int index) {
    running_.clear();
    for (int i = 0; i < kRepetitions; ++i) running_.push_back(index * kRepetitions + i);
  }

  void Drop() {
    if (section_ != nullptr) section_->insert(running_.begin(), running_.end());
  }

  WrappedRows found_;
  std::set<int>* section_ = nullptr;
  std::vector<int> running_;  ///< rows that an error would be about
};

}  // namespace

WrappedRows ReadGetznerLog(std::string_view log) {
  LogReader reader;
  for (const std::string_view line : Split(log, '\n')) {
    for (const std::string_view part : Split(line, '\r')) reader.Read(part);
  }
  return reader.Found();
}

}  // namespace joulecast
