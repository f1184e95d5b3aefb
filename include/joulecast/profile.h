// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

/// A fitted sum of physical terms: joules or seconds of one layer type.
struct TermModel {
  /// One per term of the layer type, in its order; joules (or seconds) per unit of the term.
  std::vector<double> coefficients;
  /// p of overlapping terms; 1 adds them up.
  double overlap_exponent = 1;
};

/// How wrong a forecast may be: locally scaled, because terms differ in how well they are known.
/// Half-width (a log-ratio) = max(floor, sum of uncertainty x share over the terms) x (scale +
/// scale_per_distance x distance outside the support, up to `tested_distance`); in proportion to
/// 1 + distance past that, and outside in a size or count that training rows do not vary.
struct IntervalModel {
  std::vector<double> uncertainty;  ///< one per term: of a forecast that consists of it alone
  double floor = 0;
  double scale = 1;  ///< makes half-widths cover the profile's level on held-out rows
  double scale_per_distance = 0;
  double tested_distance = 0;  ///< up to which held-out rows' errors grew along that line
  double correlation = 1;      ///< of the errors of a total's layers of this type
};

/// A regression tree, its nodes in preorder: a split's left child is the node after it.
struct RegressionTree {
  struct Node {
    float value = 0;               ///< threshold of a split; ln(factor) of the energy at a leaf
    float time = 0;                ///< ln(factor) of the time at a leaf
    std::uint32_t input : 8 = 0;   ///< 1 + index of the feature that a split looks at; 0: a leaf
    std::uint32_t right : 24 = 0;  ///< nodes from a split to its right child: where feature > value
  };
  std::vector<Node> nodes;
};

/// A learned correction of the sums of terms, for what no term describes (which kernel a library
/// picks): means over the trees are ln(measured / terms). predict/residual.h has its features.
struct Residual {
  std::vector<RegressionTree> trees;
  std::vector<double> least;  ///< of each feature in the training rows
  std::vector<double> most;
};

/// Where the training rows of a layer type lie.
struct Support {
  std::vector<std::int64_t> least;  ///< per slot
  std::vector<std::int64_t> most;   ///< per slot
};

/// Everything learned about one layer type.
struct LayerModel {
  const LayerType* type = nullptr;
  std::vector<DType> dtypes;  ///< element types that were measured
  TermModel energy;
  TermModel time;
  std::optional<Residual> residual;  ///< only where it makes held-out forecasts better
  IntervalModel interval;            ///< of the energy
  /// DeviceTraits::large_buffer_bytes of the sessions, where none was measured in the state that
  /// the profile's traits assume: the interval covers these states too. Else empty.
  std::vector<double> other_page_states;
  Support support;
  /// Indices of terms that no training row has any of: what they cost is that of other types, or
  /// not known (0).
  std::vector<std::size_t> unseen_terms;
  std::int64_t training_rows = 0;
  double cv_mape_percent = 0;  ///< energy, out of fold
};

/// What a layer costs whose type was never measured here: by arithmetic and traffic alone.
struct GenericModel {
  double per_gmac = 0;
  double per_gb = 0;          ///< of activations
  double per_gb_weights = 0;  ///< of weights
  double per_call = 0;
  double half_width = 0;  ///< log-ratio, of a whole type that was held out
};

/// Where a profile comes from: shown with every number made from it.
struct Provenance {
  std::string kind;  ///< "measured" or "modelled": what the energies were that it was fitted to
  std::string meter;
  std::string hardware;
  std::string software;
  std::string dataset;  ///< origin of the rows, in words
  std::string fitted_by;
  std::int64_t training_rows = 0;
};

/// What is known of a device: enough to forecast any layer on it.
struct Profile {
  std::string device;  ///< short name, as `--device` takes it
  std::string title;   ///< for people
  int features_version = kFeaturesVersion;
  double interval_level = 0.9;
  Fusion fusion = Fusion::kNone;  ///< of the runtime that was measured, at inference
  DeviceTraits traits;
  std::vector<LayerModel> layers;
  GenericModel generic_energy;
  GenericModel generic_time;
  /// Half-width (log-ratio) that all layers share: sessions differ, stretches of one do, and nets
  /// whose totals a profile was fitted to.
  double drift = 0;
  Provenance provenance;

  const LayerModel* Find(const LayerType& type) const;
};

/// Reads a profile. Throws Error{kInput} for another features version, unknown or missing parts,
/// and numbers that are no costs (negative, not finite); `origin` names the text in errors.
Profile ParseProfile(std::string_view json, std::string_view origin, OwnLayerTypes own = {});
std::string WriteProfile(const Profile& profile);

/// A profile by device name (those that ship, and those in $JOULECAST_PROFILES) or by the path of
/// a .json file. Throws Error{kDevice} listing the known ones.
Profile LoadProfile(std::string_view name_or_path, OwnLayerTypes own = {});

/// Names of all profiles at hand, those that ship first, each once: a user's own profile stands
/// for one that ships under the same name.
std::vector<std::string> KnownDevices();

/// The device that is meant where none is named.
std::string DefaultDevice();

}  // namespace joulecast
