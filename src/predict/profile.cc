// SPDX-License-Identifier: Apache-2.0
#include "joulecast/profile.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "layers/catalog.h"
#include "predict/residual.h"
#include "predict/traits.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "joulecast-profile";
constexpr std::string_view kFitAgain = "; fit it again with: joulecast fit DATASET -o PROFILE";

/// Reads one profile; knows its origin for errors.
class Reader {
 public:
  Reader(std::string_view origin, OwnLayerTypes own) : origin_(origin), own_(own) {}

  Profile Read(std::string_view text) const {
    Json json;
    try {
      json = ParseJson<Json>(text);
    } catch (const std::exception& error) {
      Fail("it is not JSON, or was cut off: " + Printable(error.what(), 160));
    }
    try {
      return ReadProfile(json);
    } catch (const Json::exception& error) {
      Fail(std::string("a part is missing or of the wrong kind: ") + error.what() +
           "; if another version of joulecast wrote it" + std::string(kFitAgain));
    }
  }

 private:
  [[noreturn]] void Fail(const std::string& why) const {
    throw Error(ErrorKind::kInput, "cannot use the profile " + std::string(origin_) + ": " + why);
  }

  Profile ReadProfile(const Json& json) const {
    if (!json.is_object() || json.value("format", "") != kFormat) {
      Fail("it is not a Joulecast device profile");
    }
    Profile profile;
    const Json& version = json.at("features_version");
    if (!version.is_number_integer() || version != kFeaturesVersion) {
      Fail("it was fitted for features version " + Printable(version.dump(), 40) +
           ", this program has version " + std::to_string(kFeaturesVersion) +
           std::string(kFitAgain));
    }
    profile.device = json.at("device").get<std::string>();
    profile.title = json.at("title").get<std::string>();
    profile.interval_level = Fraction(json, "interval_level");
    if (json.contains("fusion")) {
      const auto name = json.at("fusion").get<std::string>();
      const auto fusion = FusionFromName(name);
      if (!fusion) Fail("it has the unknown fusion '" + Printable(name, 40) + "'");
      profile.fusion = *fusion;
    }
    const Json& traits = json.at("traits");
    for (const TraitField& field : kTraitFields) {
      const double trait = Amount(traits, std::string(field.name).c_str());
      if (trait < field.least) Fail(std::string(field.name) + " is below 1");
      profile.traits.*field.member = trait;
    }
    profile.generic_energy = ReadGeneric(json.at("generic"), "_j");
    profile.generic_time = ReadGeneric(json.at("generic"), "_s");
    profile.drift = Amount(json, "drift");
    profile.provenance = ReadProvenance(json.at("provenance"));
    if (!json.at("layers").is_object()) Fail("its layers are no object");
    for (const auto& [name, model] : json.at("layers").items()) {
      profile.layers.push_back(ReadLayer(name, model));
    }
    return profile;
  }

  double Amount(const Json& json, const char* key) const { return NonNegative(json.at(key), key); }

  double NonNegative(const Json& json, const char* what) const {
    const double amount = json.get<double>();
    if (!std::isfinite(amount) || amount < 0) {
      Fail(std::string(what) + " is negative or not finite");
    }
    return amount;
  }

  double Fraction(const Json& json, const char* key) const {
    const double fraction = Amount(json, key);
    if (fraction > 1) Fail(std::string(key) + " is above 1");
    return fraction;
  }

  /// JSON's integers only: a conversion would cut fractions off.
  std::int64_t Whole(const Json& json) const {
    if (!json.is_number_integer()) Fail(Printable(json.dump(), 40) + " is not a whole number");
    const auto number = json.get<std::int64_t>();
    if (number < 0) Fail(std::to_string(number) + " is negative");
    return number;
  }

  /// Weights cost what activations do where the profile does not tell them apart.
  GenericModel ReadGeneric(const Json& json, const std::string& unit) const {
    const std::string weights = "per_gb_weights" + unit;
    return {.per_gmac = Amount(json, ("per_gmac" + unit).c_str()),
            .per_gb = Amount(json, ("per_gb" + unit).c_str()),
            .per_gb_weights =
                Amount(json, (json.contains(weights) ? weights : "per_gb" + unit).c_str()),
            .per_call = Amount(json, ("per_call" + unit).c_str()),
            .half_width = Amount(json, ("half_width" + unit).c_str())};
  }

  Provenance ReadProvenance(const Json& json) const {
    return {.kind = json.at("kind").get<std::string>(),
            .meter = json.at("meter").get<std::string>(),
            .hardware = json.at("hardware").get<std::string>(),
            .software = json.at("software").get<std::string>(),
            .dataset = json.at("dataset").get<std::string>(),
            .fitted_by = json.at("fitted_by").get<std::string>(),
            .training_rows = Whole(json.at("training_rows"))};
  }

  /// One number per term of the type, from an object keyed by term.
  std::vector<double> PerTerm(const LayerType& type, const Json& json) const {
    std::vector<double> numbers;
    for (const Term& term : type.terms) {
      numbers.push_back(Amount(json, std::string(term.name).c_str()));
    }
    if (json.size() != type.terms.size()) {
      Fail("layer type '" + std::string(type.name) + "' has terms that this program does not know" +
           std::string(kFitAgain));
    }
    return numbers;
  }

  std::size_t TermIndex(const LayerType& type, const std::string& name) const {
    for (std::size_t i = 0; i < type.terms.size(); ++i) {
      if (type.terms[i].name == name) return i;
    }
    Fail("layer type '" + std::string(type.name) + "' has no term '" + Printable(name, 40) + "'");
  }

  TermModel ReadTerms(const LayerType& type, const Json& json) const {
    TermModel model{.coefficients = PerTerm(type, json.at("coefficients")),
                    .overlap_exponent = Amount(json, "overlap_exponent")};
    if (model.overlap_exponent < 1) Fail("an overlap exponent is below 1");
    return model;
  }

  std::optional<Residual> ReadResidual(const LayerType& type, const Json& layer) const {
    if (!layer.contains("residual")) return std::nullopt;
    const Json& json = layer.at("residual");
    const std::size_t features = FeatureCount(type);
    Residual residual;
    for (const char* edge : {"least", "most"}) {
      auto& numbers = edge == std::string_view("least") ? residual.least : residual.most;
      for (const std::string_view part : SplitBlanks(json.at(edge).get_ref<const std::string&>())) {
        const auto number = ParseDouble(part);
        if (!number || !std::isfinite(*number)) Fail("a residual has a range that is no number");
        numbers.push_back(*number);
      }
      if (numbers.size() != features) Fail("a residual has a range of the wrong length");
    }
    for (const Json& tree : json.at("trees")) {
      try {
        residual.trees.push_back(ParseTree(tree.get_ref<const std::string&>(), features));
      } catch (const Error& error) {
        Fail(error.what());
      }
    }
    if (residual.trees.empty()) Fail("a residual has no trees");
    return residual;
  }

  LayerModel ReadLayer(const std::string& name, const Json& json) const {
    const LayerType* type = FindLayerType(name, own_);
    if (type == nullptr) Fail("it has the unknown layer type '" + Printable(name, 40) + "'");
    if (type->terms.empty()) Fail("layer type '" + name + "' has no terms that could be fitted");
    LayerModel model{
        .type = type,
        .energy = ReadTerms(*type, json.at("energy_j_per_unit")),
        .time = ReadTerms(*type, json.at("time_s_per_unit")),
        .residual = ReadResidual(*type, json),
        .interval = {.uncertainty = PerTerm(*type, json.at("interval").at("uncertainty")),
                     .floor = Amount(json.at("interval"), "floor"),
                     .scale = Amount(json.at("interval"), "scale"),
                     .scale_per_distance = Amount(json.at("interval"), "scale_per_distance"),
                     .tested_distance = Amount(json.at("interval"), "tested_distance"),
                     .correlation = Fraction(json.at("interval"), "correlation")},
        .training_rows = Whole(json.at("training_rows")),
        .cv_mape_percent = Amount(json, "cv_mape_percent")};
    for (const Json& each : json.at("other_page_states_bytes")) {
      model.other_page_states.push_back(NonNegative(each, "other_page_states_bytes"));
    }
    if (json.contains("unseen_terms")) {
      for (const Json& each : json.at("unseen_terms")) {
        model.unseen_terms.push_back(TermIndex(*type, each.get<std::string>()));
      }
    }
    for (const Json& each : json.at("dtypes")) {
      const auto dtype = DTypeFromName(each.get<std::string>());
      if (!dtype) Fail("'" + name + "' has an unknown element type");
      model.dtypes.push_back(*dtype);
    }
    for (const Param& param : type->params) {
      const Json& range = json.at("support").at(std::string(param.name));
      for (const auto& each : range.at("least")) {
        model.support.least.push_back(Whole(each));
      }
      for (const auto& each : range.at("most")) {
        model.support.most.push_back(Whole(each));
      }
    }
    const std::size_t slots = SlotCount(*type);
    if (model.support.least.size() != slots || model.support.most.size() != slots) {
      Fail("'" + name + "' has a support of the wrong length");
    }
    for (std::size_t slot = 0; slot < slots; ++slot) {
      if (model.support.least[slot] > model.support.most[slot]) {
        Fail("'" + name + "' has an inverted support range");
      }
    }
    return model;
  }

  std::string_view origin_;
  OwnLayerTypes own_;
};

Json PerTermJson(const LayerType& type, const std::vector<double>& numbers) {
  Json json = Json::object();
  for (std::size_t i = 0; i < type.terms.size(); ++i) {
    json[std::string(type.terms[i].name)] = numbers[i];
  }
  return json;
}

Json TermsJson(const LayerType& type, const TermModel& model) {
  return {{"overlap_exponent", model.overlap_exponent},
          {"coefficients", PerTermJson(type, model.coefficients)}};
}

Json UnitsJson(const LayerType& type) {
  Json units = Json::object();
  for (const Term& term : type.terms) units[std::string(term.name)] = term.unit;
  return units;
}

Json SupportJson(const LayerModel& model) {
  Json support = Json::object();
  auto least = model.support.least.begin();
  auto most = model.support.most.begin();
  for (const Param& param : model.type->params) {
    const auto slots = static_cast<std::ptrdiff_t>(Slots(param.kind));
    support[std::string(param.name)] = {{"least", std::vector<std::int64_t>(least, least + slots)},
                                        {"most", std::vector<std::int64_t>(most, most + slots)}};
    least += slots;
    most += slots;
  }
  return support;
}

/// Numbers on one line: an indented array would have a line for each.
std::string OneLine(const std::vector<double>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

Json ResidualJson(const Residual& residual) {
  Json trees = Json::array();
  for (const RegressionTree& tree : residual.trees) trees.push_back(WriteTree(tree));
  return {{"least", OneLine(residual.least)}, {"most", OneLine(residual.most)}, {"trees", trees}};
}

Json LayerJson(const LayerModel& model) {
  Json dtypes = Json::array();
  for (const DType dtype : model.dtypes) dtypes.push_back(std::string(Name(dtype)));
  Json unseen = Json::array();
  for (const std::size_t term : model.unseen_terms) {
    unseen.push_back(std::string(model.type->terms[term].name));
  }
  Json json = {{"training_rows", model.training_rows},
               {"cv_mape_percent", model.cv_mape_percent},
               {"dtypes", dtypes},
               {"units", UnitsJson(*model.type)},
               {"energy_j_per_unit", TermsJson(*model.type, model.energy)},
               {"time_s_per_unit", TermsJson(*model.type, model.time)},
               {"unseen_terms", unseen},
               {"interval",
                {{"scale", model.interval.scale},
                 {"floor", model.interval.floor},
                 {"scale_per_distance", model.interval.scale_per_distance},
                 {"tested_distance", model.interval.tested_distance},
                 {"correlation", model.interval.correlation},
                 {"uncertainty", PerTermJson(*model.type, model.interval.uncertainty)}}},
               {"other_page_states_bytes", model.other_page_states},
               {"support", SupportJson(model)}};
  if (model.residual) json["residual"] = ResidualJson(*model.residual);
  return json;
}

void AddGeneric(Json& json, const GenericModel& model, const std::string& unit) {
  json["per_gmac" + unit] = model.per_gmac;
  json["per_gb" + unit] = model.per_gb;
  json["per_gb_weights" + unit] = model.per_gb_weights;
  json["per_call" + unit] = model.per_call;
  json["half_width" + unit] = model.half_width;
}

}  // namespace

const LayerModel* Profile::Find(const LayerType& type) const {
  for (const LayerModel& model : layers) {
    if (model.type == &type) return &model;
  }
  return nullptr;
}

Profile ParseProfile(std::string_view json, std::string_view origin, OwnLayerTypes own) {
  return Reader(origin, own).Read(json);
}

std::string WriteProfile(const Profile& profile) {
  Json generic;
  AddGeneric(generic, profile.generic_energy, "_j");
  AddGeneric(generic, profile.generic_time, "_s");
  Json layers = Json::object();
  for (const LayerModel& model : profile.layers) {
    layers[std::string(model.type->name)] = LayerJson(model);
  }
  Json traits = Json::object();
  for (const TraitField& field : kTraitFields) {
    traits[std::string(field.name)] = profile.traits.*field.member;
  }
  const Provenance& from = profile.provenance;
  Json json = {{"format", kFormat},
               {"features_version", profile.features_version},
               {"device", profile.device},
               {"title", profile.title},
               {"provenance",
                {{"kind", from.kind},
                 {"meter", from.meter},
                 {"hardware", from.hardware},
                 {"software", from.software},
                 {"dataset", from.dataset},
                 {"fitted_by", from.fitted_by},
                 {"training_rows", from.training_rows}}},
               {"traits", traits},
               {"interval_level", profile.interval_level},
               {"drift", profile.drift},
               {"generic", generic},
               {"layers", layers}};
  if (profile.fusion != Fusion::kNone) json["fusion"] = Name(profile.fusion);
  return DumpJson(json);
}

}  // namespace joulecast
