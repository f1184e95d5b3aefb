// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/dataset.h"
#include "dataset/repetitions.h"
#include "joulecast/layer.h"
#include "joulecast/units.h"

namespace joulecast {

/// Which repetitions are left out.
enum class Cleaning {
  kPhysics,    ///< those that cannot be true (the rules are the import's)
  kPublished,  ///< those that the source's own cleaning drops
  kNone,       ///< only those without an energy
};

/// By its name: "physics", "published" or "none". Throws Error{kUsage} for another.
Cleaning CleaningOf(std::string_view name);

struct SampleFilter {
  std::set<std::string> origins;  ///< of kOrigins; empty: all
  std::string layer_type;         ///< "conv2d"; empty: all, whole networks too
  std::string device;             ///< empty: all
  Cleaning cleaning = Cleaning::kPhysics;
};

/// One configuration, by what is typical of its kept repetitions (repetitions.h).
struct Sample {
  std::string spec_text;          ///< empty for a whole network
  std::optional<LayerSpec> spec;  ///< nullopt for a network, and for a layer we do not know
  std::string model;              ///< empty for a layer
  std::int64_t batch = 1;
  std::string architecture;
  int layer_index = 0;  ///< of the architecture's leaf modules, from 1; 0: the whole, or no layer
  std::string origin;
  Joules energy;                              ///< per call
  Seconds time;                               ///< per call; 0 if none of the repetitions has one
  std::vector<PlacedRepetition> repetitions;  ///< those that were kept, in order
  double spread = 0;                          ///< of the energies, over their mean
  std::string device;
  std::string tag;
  std::string meter;
  std::string session;  ///< the file or campaign: rows of one were measured in one go
};

/// Configurations in the order of their first repetition. What differs in spec, origin,
/// architecture, layer, model, batch, device, source, file or tag is never averaged.
/// Throws Error{kUsage} for an origin that does not exist.
std::vector<Sample> LoadSamples(const Dataset& dataset, const SampleFilter& filter);

/// The same of a dataset's file. Throws Error{kInput} if no row is left.
std::vector<Sample> LoadSamples(const std::filesystem::path& dataset, const SampleFilter& filter);

/// A device of a dataset's file by its name; without facts if the dataset has none of that name.
Device FindDevice(const std::filesystem::path& dataset, const std::string& name);

/// A layer's text in its canonical form, or as it is where the catalogue lacks its type.
/// Throws Error{kInput} if it has the type and the text is wrong.
std::string CanonicalSpec(const std::string& text);

/// "conv2d"; for a whole network "network".
std::string TypeOf(const Measurement& measurement);

}  // namespace joulecast
