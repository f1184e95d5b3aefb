// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

/// One repetition as the files of getzner2023 (arXiv 2304.00897) hold it: a window of about 30 s
/// of forward passes of one module.
struct GetznerRow {
  std::string file;    ///< "conv2d/00_conv2d-raw.csv"
  int row = 0;         ///< in that file, from 0
  std::string module;  ///< "Conv2d"; for whole nets "AlexNet", "VGG"
  std::int64_t macs = 0;
  std::map<std::string, std::int64_t> params;  ///< as written: batch_size, image_size, ...
  std::string architecture;                    ///< "vgg11"; empty for random configurations
  std::optional<int> layer_idx;                ///< architectures/: 0 the whole net, 1..n its leaves
  std::int64_t repetition = 0;                 ///< from 1
  std::int64_t passes = 0;                     ///< forward passes in the window
  double cpu_energy_kwh = 0;                   ///< of the window, both sockets
  double duration_s = 0;                       ///< of the window
  bool counter_wrapped = false;                ///< the published cleaning drops it

  std::string timestamp;  ///< local time, ISO 8601
  std::string cpu_model;
  std::string operating_system;
  std::string python_version;
  std::int64_t cpu_count = 0;  ///< as CodeCarbon saw it
  double memory_gb = 0;

  Joules energy() const { return KilowattHours(cpu_energy_kwh); }
  Seconds duration() const { return Seconds(duration_s); }

  /// What its repetitions share: file, module, parameters, architecture, layer.
  std::string Configuration() const;
};

struct GetznerData {
  std::vector<GetznerRow> rows;            ///< in the published order of files
  std::vector<std::string> missing_files;  ///< published, but not there; without its log the rows
                                           ///< of a file count as never wrapped
};

/// Reads `*raw.csv` below DIR/{conv2d,maxpool2d,linear,activations,architectures}, each with the
/// `*slurm-log.out` of the same number. Throws Error{kInput} if there is none, or one is not what
/// it claims to be.
GetznerData ReadGetzner2023(const std::filesystem::path& dir);

/// Why the physics rules reject each row; nullopt where they keep it. A row stays if its energy is
/// positive, its power within what this two-socket machine draws under load (71.5 to 83 W), and
/// that power within 6 % of the median of its configuration's repetitions.
std::vector<std::optional<std::string>> PhysicsRejections(std::span<const GetznerRow> rows);

}  // namespace joulecast
