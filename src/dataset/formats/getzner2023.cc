// SPDX-License-Identifier: Apache-2.0
// Each row of a file is CodeCarbon's emissions.csv with everything about the layer in one field:
//
//   module:Conv2d,rep_no:1,macs:218534484375,batch_size:123,...,freeText:,forward_passes:6
//   module:ReLU,...,batch_size:66,freeText:architecture=alexnet;layer_idx=2,forward_passes:8628
//
// `cpu_energy` is kWh of the whole window by RAPL. The other energies are modelled or idle.
#include "dataset/formats/getzner2023.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "base/mapped_file.h"
#include "base/statistics.h"
#include "base/text.h"
#include "dataset/formats/csv.h"
#include "dataset/formats/getzner2023_log.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLogSuffix = "slurm-log.out";

/// Everything that was published, in the order in which the authors concatenated it.
constexpr std::array<std::string_view, 15> kPublished = {
    "conv2d/00_conv2d-raw.csv",
    "conv2d/01_conv2d-architecture-configs-raw.csv",
    "conv2d/02_conv2d-raw.csv",
    "maxpool2d/00_maxpool2d-raw.csv",
    "maxpool2d/01_maxpool2d-architecture-configs-raw.csv",
    "maxpool2d/02_maxpool2d-raw.csv",
    "linear/00_linear-raw.csv",
    "linear/01_linear-architecture-configs-raw.csv",
    "linear/02_linear-raw.csv",
    "activations/01_relu_raw.csv",
    "activations/00_relu-raw.csv",
    "activations/00_sigmoid-raw.csv",
    "activations/00_tanh-raw.csv",
    "activations/00_softmax-raw.csv",
    "architectures/01_architectures-layerwise-raw.csv"};

constexpr std::array<std::string_view, 5> kFolders = {"conv2d", "maxpool2d", "linear",
                                                      "activations", "architectures"};

/// Names of the files of DIR/FOLDER that end so, in alphabetical order.
std::vector<std::string> FilesIn(const fs::path& folder, std::string_view suffix) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(suffix)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The "00" of "00_conv2d-raw.csv".
std::string_view NumberOf(std::string_view name) { return name.substr(0, name.find('_')); }

std::string ReadText(const fs::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// One CSV file turned into rows.
class FileReader {
 public:
  FileReader(const fs::path& dir, std::string name)
      : table_(CsvTable::Read(dir / name)), name_(std::move(name)) {
    table_.Require({"timestamp", "project_name", "duration", "cpu_energy", "os", "python_version",
                    "cpu_count", "cpu_model", "ram_total_size"});
  }

  void AppendTo(std::vector<GetznerRow>& rows, const std::set<int>& wrapped) const {
    int index = 0;
    for (const CsvRow& record : table_.rows()) {
      GetznerRow row = ReadRow(record);
      row.row = index;
      row.counter_wrapped = wrapped.contains(index);
      rows.push_back(std::move(row));
      ++index;
    }
  }

 private:
  GetznerRow ReadRow(const CsvRow& record) const {
    GetznerRow row;
    row.file = name_;
    ReadProjectName(record, row);
    row.duration_s = Number(record, "duration");
    row.cpu_energy_kwh = Number(record, "cpu_energy");
    row.memory_gb = Number(record, "ram_total_size");
    row.cpu_count = Count(record, Field(record, "cpu_count"));
    row.timestamp = Field(record, "timestamp");
    row.cpu_model = Field(record, "cpu_model");
    row.operating_system = Field(record, "os");
    row.python_version = Field(record, "python_version");
    if (row.module.empty() || row.passes < 1 || row.duration_s <= 0) {
      Fail(record, "a row needs a module, forward passes and a duration");
    }
    return row;
  }

  void ReadProjectName(const CsvRow& record, GetznerRow& row) const {
    for (const std::string_view part : Split(Field(record, "project_name"), ',')) {
      const std::size_t colon = part.find(':');
      if (colon == std::string_view::npos) {
        Fail(record, "project_name has '" + Printable(part, 60) + "', not of the form name:value");
      }
      const std::string_view key = part.substr(0, colon);
      const std::string_view value = part.substr(colon + 1);
      if (key == "module") {
        row.module = value;
      } else if (key == "freeText") {
        ReadFreeText(record, value, row);
      } else if (key == "rep_no") {
        row.repetition = Count(record, value);
      } else if (key == "macs") {
        row.macs = Count(record, value);
      } else if (key == "forward_passes") {
        row.passes = Count(record, value);
      } else {
        row.params.emplace(key, Count(record, value));
      }
    }
  }

  void ReadFreeText(const CsvRow& record, std::string_view text, GetznerRow& row) const {
    for (const std::string_view part : Split(text, ';')) {
      constexpr std::string_view kArchitecture = "architecture=";
      constexpr std::string_view kLayer = "layer_idx=";
      if (part.starts_with(kArchitecture)) {
        row.architecture = part.substr(kArchitecture.size());
      } else if (part.starts_with(kLayer)) {
        row.layer_idx = static_cast<int>(Count(record, part.substr(kLayer.size())));
      }
    }
  }

  const std::string& Field(const CsvRow& record, const std::string& column) const {
    return record.fields[table_.Column(column)];
  }

  double Number(const CsvRow& record, const std::string& column) const {
    const auto number = ParseDouble(Field(record, column));
    if (!number) Fail(record, column + " is not a number: " + Printable(Field(record, column), 60));
    return *number;
  }

  std::int64_t Count(const CsvRow& record, std::string_view text) const {
    const auto number = ParseInt(text);
    if (!number) Fail(record, "not a whole number: '" + Printable(text, 60) + "'");
    return *number;
  }

  [[noreturn]] void Fail(const CsvRow& record, const std::string& what) const {
    throw Error(ErrorKind::kInput,
                table_.name() + ", line " + std::to_string(record.line) + ": " + what);
  }

  CsvTable table_;
  std::string name_;
};

/// The logs of a folder, each read once.
class LogFolder {
 public:
  LogFolder(const fs::path& dir, std::string folder)
      : path_(dir / folder), folder_(std::move(folder)), names_(FilesIn(path_, kLogSuffix)) {}

  /// Rows of a CSV file of this folder that its log drops; notes a log that is not there.
  const std::set<int>& WrappedRowsOf(const std::string& csv, std::vector<std::string>& missing) {
    static const std::set<int> kNone;
    const auto log = std::find_if(names_.begin(), names_.end(), [&](const std::string& name) {
      return NumberOf(name) == NumberOf(csv) && SectionFor(Read(name), csv) != nullptr;
    });
    if (log == names_.end()) {
      missing.push_back(folder_ + "/" + std::string(NumberOf(csv)) + "_*" +
                        std::string(kLogSuffix) + " for " + csv);
      return kNone;
    }
    return *SectionFor(Read(*log), csv);
  }

 private:
  const WrappedRows& Read(const std::string& name) {
    const auto known = logs_.find(name);
    if (known != logs_.end()) return known->second;
    return logs_.emplace(name, ReadGetznerLog(ReadText(path_ / name))).first->second;
  }

  /// "00_relu-raw.csv" belongs to the section "relu".
  static const std::set<int>* SectionFor(const WrappedRows& log, std::string_view csv) {
    const std::string_view stem = csv.substr(csv.find('_') + 1);
    for (const auto& [section, rows] : log) {
      if (stem.starts_with(section)) return &rows;
    }
    return nullptr;
  }

  fs::path path_;
  std::string folder_;
  std::vector<std::string> names_;
  std::map<std::string, WrappedRows> logs_;
};

/// Published files in their order; any other of the same folder behind them, by name.
std::vector<std::string> FilesOfFolder(const fs::path& dir, std::string_view folder) {
  std::vector<std::string> files;
  for (const std::string& name : FilesIn(dir / folder, "raw.csv")) {
    files.push_back(std::string(folder) + "/" + name);
  }
  const auto rank = [](const std::string& file) {
    return std::find(kPublished.begin(), kPublished.end(), file) - kPublished.begin();
  };
  std::stable_sort(files.begin(), files.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return files;
}

double PowerOf(const GetznerRow& row) { return (row.energy() / row.duration()).value(); }

std::optional<std::string> PhysicsRejection(const GetznerRow& row, double median_power) {
  constexpr double kLeastPower = 71.5;
  constexpr double kMostPower = 83;
  constexpr double kSpread = 0.06;
  const double power = PowerOf(row);
  if (row.cpu_energy_kwh <= 0) return "energy is not positive";
  if (power < kLeastPower) return "power below 71.5 W";
  if (power > kMostPower) return "power above 83 W";
  if (std::abs(power - median_power) > kSpread * median_power) {
    return "power more than 6 % off the median of its repetitions";
  }
  return std::nullopt;
}

}  // namespace

std::string GetznerRow::Configuration() const {
  std::string key = file + " " + module;
  for (const auto& [name, value] : params) key += " " + name + "=" + std::to_string(value);
  if (!architecture.empty()) key += " " + architecture;
  if (layer_idx) key += " layer=" + std::to_string(*layer_idx);
  return key;
}

GetznerData ReadGetzner2023(const fs::path& dir) {
  GetznerData data;
  std::set<std::string, std::less<>> found;
  for (const std::string_view folder : kFolders) {
    LogFolder logs(dir, std::string(folder));
    for (const std::string& file : FilesOfFolder(dir, folder)) {
      const std::string name = file.substr(folder.size() + 1);
      FileReader(dir, file).AppendTo(data.rows, logs.WrappedRowsOf(name, data.missing_files));
      found.insert(file);
    }
  }
  if (found.empty()) {
    throw Error(ErrorKind::kInput, "no getzner2023 measurements in " + dir.string() +
                                       ": expected files such as " + std::string(kPublished[0]) +
                                       "; give the folder that holds conv2d/, linear/, ...");
  }
  for (const std::string_view file : kPublished) {
    if (!found.contains(file)) data.missing_files.emplace_back(file);
  }
  return data;
}

std::vector<std::optional<std::string>> PhysicsRejections(std::span<const GetznerRow> rows) {
  std::map<std::string, std::vector<double>> powers;
  for (const GetznerRow& row : rows) powers[row.Configuration()].push_back(PowerOf(row));
  std::vector<std::optional<std::string>> rejections;
  for (const GetznerRow& row : rows) {
    rejections.push_back(PhysicsRejection(row, *Median(powers[row.Configuration()])));
  }
  return rejections;
}

}  // namespace joulecast
