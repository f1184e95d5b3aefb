// SPDX-License-Identifier: Apache-2.0
#include "dataset/import_getzner2023.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/text.h"
#include "dataset/formats/getzner2023.h"
#include "dataset/formats/getzner2023_layers.h"
#include "dataset/formats/getzner2023_nets.h"
#include "dataset/samples.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// The layer of a network's row, if the zoo has the network and its count of MACs agrees.
std::optional<std::string> SpecFromNet(const GetznerRow& row, std::int64_t batch) {
  const auto leaves = GetznerLeaves(row.architecture, batch);
  const auto index = static_cast<std::size_t>(row.layer_idx.value_or(0));
  if (index < 1 || index > leaves.size()) return std::nullopt;
  const GetznerLeaf& leaf = leaves[index - 1];
  if (leaf.layer.module != row.module || leaf.layer.macs != row.macs) return std::nullopt;
  return leaf.spec.ToString();
}

/// What the file says of a layer that we cannot read: kept, so that a later program may.
std::string AsWritten(const GetznerRow& row) {
  std::string text = row.module;
  for (const auto& [name, value] : row.params) text += fmt::format(" {}={}", name, value);
  return text + fmt::format(" macs={}", row.macs);
}

Device DeviceOf(const GetznerRow& row) {
  const nlohmann::json facts = {{"operating_system", row.operating_system},
                                {"python", row.python_version},
                                {"cpu_model", row.cpu_model}};
  // The paper's machine; its PyTorch version is not recorded in the files.
  const bool is_paper = row.cpu_model.find("Gold 5120") != std::string::npos;
  return {.name = is_paper ? "xeon-gold-5120" : row.cpu_model,
          .cpu = row.cpu_model,
          .sockets = row.cpu_count,
          .memory_bytes = static_cast<std::int64_t>(row.memory_gb * 1e9),
          .software = "PyTorch on CPU, Python " + row.python_version,
          .host_facts = facts.dump()};
}

/// Rows turned into measurements.
class Importer {
 public:
  explicit Importer(ImportReport& report) : report_(report) {}

  Measurement Read(const GetznerRow& row) {
    Measurement m;
    m.key = fmt::format("getzner2023/{}:{}", row.file, row.row);
    m.source = "getzner2023";
    m.device = DeviceOf(row).name;
    const auto batch = row.params.find("batch_size");
    if (batch == row.params.end()) {
      throw Error(ErrorKind::kInput,
                  fmt::format("{}, row {}: no batch_size in project_name", row.file, row.row));
    }
    m.batch = batch->second;
    ReadSubject(row, m);
    m.repetition = row.repetition;
    m.passes = row.passes;
    m.energy = row.energy();
    m.time = row.duration();
    m.meter = "rapl by CodeCarbon 2.1.3";
    m.source_file = row.file;
    m.source_row = row.row;
    m.started = row.timestamp;
    if (row.counter_wrapped) m.rejected_published = "the log shows a RAPL counter wrap";
    return m;
  }

 private:
  void ReadSubject(const GetznerRow& row, Measurement& m) {
    m.architecture = row.architecture;
    const bool of_net = row.file.starts_with("architectures/");
    if (of_net && row.layer_idx == 0) {
      m.origin = "net-total";
      m.model = row.architecture;
      return;
    }
    m.origin = of_net ? "net-layer" : row.architecture.empty() ? "random" : "net-config";
    // The collectors of single layers count a network's leaf modules from 0.
    if (row.layer_idx) m.layer_index = *row.layer_idx + (of_net ? 0 : 1);
    const auto spec =
        of_net ? SpecFromNet(row, m.batch) : SpecOfGetznerLayer(row.module, row.params);
    m.spec = spec.value_or(AsWritten(row));
    std::string why = "unknown layer";
    try {
      m.spec = CanonicalSpec(m.spec);
    } catch (const Error& error) {
      m.spec = AsWritten(row);
      why = error.what();
    }
    const bool is_known = FindLayerType(TypeOf(m)) != nullptr;
    if (!is_known && told_.insert(TypeOf(m)).second) {
      report_.unknown.push_back(m.spec + " (" + m.key + ": " + why + ")");
    }
  }

  ImportReport& report_;
  std::set<std::string> told_;  ///< one example of each type is enough
};

}  // namespace

ImportReport ImportGetzner2023(Dataset& dataset, const std::filesystem::path& dir) {
  const GetznerData data = ReadGetzner2023(dir);
  const auto rejections = PhysicsRejections(data.rows);
  ImportReport report;
  report.missing_files = data.missing_files;
  Importer importer(report);
  dataset.Atomically([&] {
    std::set<std::string> devices;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      Measurement m = importer.Read(data.rows[i]);
      if (devices.insert(m.device).second) AddTo(dataset, DeviceOf(data.rows[i]), report);
      m.rejected_physics = rejections[i];
      AddTo(dataset, m, report);
    }
  });
  return report;
}

}  // namespace joulecast
