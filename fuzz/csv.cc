// SPDX-License-Identifier: Apache-2.0
// Somebody's CSV file and the map of its columns, put together with a line "---" between them.
#include <filesystem>
#include <fstream>
#include <optional>

#include "dataset/formats/csv.h"
#include "dataset/formats/mapped_csv.h"
#include "dataset/samples.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"

namespace joulecast::fuzz {

/// A new one costs more than an import: each serves a few hundred.
Dataset& FreshDataset() {
  static std::optional<Dataset> dataset;
  static int uses = 0;
  if (uses++ % 500 == 0) {
    dataset.reset();
    for (const char* const file : {"rows.db", "rows.db-wal", "rows.db-shm"}) {
      std::filesystem::remove(ScratchFolder() / file);
    }
    dataset = Dataset::OpenOrCreate(ScratchFolder() / "rows.db");
  }
  return *dataset;
}

void Import(std::string_view map_text, std::string_view csv_text) {
  Try([&] { CsvTable::Parse(csv_text, "rows.csv"); });
  const CsvMap map = CsvMap::Parse(map_text, "map.toml");
  const std::filesystem::path csv = ScratchFolder() / "rows.csv";
  std::ofstream(csv, std::ios::binary) << csv_text;
  Dataset& dataset = FreshDataset();
  ImportMappedCsv(dataset, csv, map);
  const ImportReport again = ImportMappedCsv(dataset, csv, map);
  Promise(again.added == 0, "importing again adds nothing");
}

void RunInput(std::string_view input) {
  const std::size_t cut = input.find("\n---\n");
  if (cut == std::string_view::npos) return;
  Import(input.substr(0, cut + 1), input.substr(cut + 5));
}

}  // namespace joulecast::fuzz
