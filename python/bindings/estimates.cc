// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "joulecast/report.h"
#include "python/bindings/layer_rows.h"
#include "report/numbers.h"

namespace joulecast::python {
namespace {

using Shared = std::shared_ptr<EstimateResult>;

py::object TimeOf(const EstimateResult& result) {
  if (!result.has_time()) return py::none();
  return py::float_(result.estimate.time.count());
}

py::object PowerOf(const EstimateResult& result) {
  if (!result.has_time()) return py::none();
  return py::float_(result.estimate.mean_power().value());
}

py::dict CoverageOf(const Estimate& estimate) {
  py::dict shares;
  for (const Coverage coverage :
       {Coverage::kFitted, Coverage::kFallback, Coverage::kFree, Coverage::kUnknown}) {
    shares[Text(Name(coverage))] = estimate.coverage_share[static_cast<std::size_t>(coverage)];
  }
  return shares;
}

std::string Summary(const EstimateResult& result) {
  const Estimate& estimate = result.estimate;
  std::string text = fmt::format(
      "{}, batch {}, on {}: {} ({:.0f} % interval {} .. {})", estimate.model, estimate.batch,
      estimate.device, Human(estimate.energy.energy), 100 * result.profile->interval_level,
      Human(estimate.energy.low), Human(estimate.energy.high));
  if (result.has_time()) text += ", " + Human(estimate.time);
  return fmt::format("{}, {} layers", text, estimate.layers.size());
}

/// Several estimates on one device.
struct SideBySide {
  std::vector<Shared> results;

  const Profile& profile() const { return *results.front()->profile; }

  /// As reports take it.
  Comparison ForReport() const {
    Comparison comparison{.profiles = {profile()}};
    for (const Shared& result : results) {
      comparison.entries.push_back({.estimate = result->estimate});
    }
    return comparison;
  }
};

py::dict SummaryRow(const EstimateResult& result) {
  const Estimate& estimate = result.estimate;
  py::dict row;
  row["model"] = Text(estimate.model);
  row["device"] = Text(estimate.device);
  row["batch"] = estimate.batch;
  row["energy_j"] = estimate.energy.energy.value();
  row["energy_j_low"] = estimate.energy.low.value();
  row["energy_j_high"] = estimate.energy.high.value();
  row["time_s"] = TimeOf(result);
  row["power_w"] = PowerOf(result);
  row["macs"] = estimate.work.macs;
  row["params"] = estimate.work.params;
  row["bytes"] = estimate.work.bytes();
  return row;
}

void BindEstimate(py::module_& module) {
  py::class_<EstimateResult, Shared>(
      module, "Estimate",
      "What one inference of a whole batch is forecast to cost, in all and layer by layer.\n\n"
      "Iterates over its layers, and gives them by number, by name or by slice.")
      .def_property_readonly(
          "model", [](const EstimateResult& result) { return Text(result.estimate.model); },
          "The model's name.")
      .def_property_readonly(
          "device", [](const EstimateResult& result) { return Text(result.estimate.device); },
          "The device's short name.")
      .def_property_readonly(
          "batch", [](const EstimateResult& result) { return result.estimate.batch; },
          "Samples per inference.")
      .def_property_readonly(
          "energy_j",
          [](const EstimateResult& result) { return result.estimate.energy.energy.value(); },
          "Joules per inference of the whole batch.")
      .def_property_readonly(
          "energy_j_low",
          [](const EstimateResult& result) { return result.estimate.energy.low.value(); },
          "The interval's lower end, in joules.")
      .def_property_readonly(
          "energy_j_high",
          [](const EstimateResult& result) { return result.estimate.energy.high.value(); },
          "The interval's upper end, in joules.")
      .def_property_readonly(
          "energy_j_per_sample",
          [](const EstimateResult& result) {
            return result.estimate.energy.energy.value() /
                   static_cast<double>(result.estimate.batch);
          },
          "Joules per sample of the batch.")
      .def_property_readonly("time_s", &TimeOf,
                             "Seconds per inference; None where the device's profile knows no\n"
                             "times.")
      .def_property_readonly("power_w", &PowerOf, "Mean power in watts; None without a time.")
      .def_property_readonly(
          "macs", [](const EstimateResult& result) { return result.estimate.work.macs; },
          "Multiply-accumulates without bias (1 MAC = 2 FLOPs).")
      .def_property_readonly(
          "macs_with_bias",
          [](const EstimateResult& result) {
            return result.estimate.work.macs + result.estimate.work.bias_adds;
          },
          "The same and one for each addition of a bias.")
      .def_property_readonly(
          "params", [](const EstimateResult& result) { return result.estimate.work.params; },
          "Trainable numbers, shared weights once.")
      .def_property_readonly(
          "bytes", [](const EstimateResult& result) { return result.estimate.work.bytes(); },
          "Bytes of all tensors read and written.")
      .def_property_readonly(
          "coverage", [](const EstimateResult& result) { return CoverageOf(result.estimate); },
          "Shares of the energy (0 to 1) by evidence: \"fitted\", \"fallback\" (types that were "
          "not\n"
          "measured on the device), \"free\" (views), \"unknown\".")
      .def_property_readonly(
          "warnings",
          [](const EstimateResult& result) { return TextList(result.estimate.warnings); },
          "What a reader has to know: a list of texts.")
      .def_property_readonly(
          "provenance", [](const EstimateResult& result) { return DeviceHandle{result.profile}; },
          "The Device that the forecast stands on: what was measured, with which meter, how often.")
      .def_property_readonly(
          "layers", [](const Shared& result) { return EstimateRows{result}; },
          "All layers, in execution order: by number, by name or by slice.")
      .def("__len__", [](const EstimateResult& result) { return result.estimate.layers.size(); })
      .def(
          "__getitem__",
          [](const Shared& result, const py::object& key) {
            return py::cast(EstimateRows{result})[key].cast<py::object>();
          },
          py::arg("key"))
      .def("__iter__",
           [](const Shared& result) { return py::iter(py::cast(EstimateRows{result})); })
      .def(
          "__contains__",
          [](const Shared& result, const py::object& name) {
            return py::cast(EstimateRows{result}).contains(name);
          },
          py::arg("name"))
      .def(
          "to_dict",
          [](const EstimateResult& result) {
            return ParseJson(EstimateJson(result.estimate, *result.profile));
          },
          "A dict: what `joulecast estimate --format json` prints.")
      .def(
          "to_pandas", [](const Shared& result) { return DataFrameOf(EstimateRows{result}); },
          "A pandas.DataFrame with a row a layer; columns as the attributes of a layer.\n\n"
          "Raises ImportError where pandas is not installed.")
      .def("__repr__",
           [](const EstimateResult& result) {
             return Text("<joulecast.Estimate " + Summary(result) + ">");
           })
      .def("__str__",
           [](const EstimateResult& result) {
             return Text(EstimateText(result.estimate, *result.profile, LayerOrder::kExecution));
           })
      .def("_repr_html_", [](const EstimateResult& result) { return Text(EstimateHtml(result)); });
}

void BindComparison(py::module_& module) {
  py::class_<SideBySide>(module, "Comparison",
                         "Estimates of several models on one device, side by side: by number, or\n"
                         "by the model's name.")
      .def("__len__", [](const SideBySide& all) { return all.results.size(); })
      .def(
          "__getitem__",
          [](const SideBySide& all, py::ssize_t index) {
            const auto count = static_cast<py::ssize_t>(all.results.size());
            const py::ssize_t place = index < 0 ? index + count : index;
            if (place < 0 || place >= count) throw py::index_error("no such model");
            return all.results[static_cast<std::size_t>(place)];
          },
          py::arg("index"))
      .def(
          "__getitem__",
          [](const SideBySide& all, const std::string& name) {
            for (const Shared& result : all.results) {
              if (result->estimate.model == name) return result;
            }
            throw py::key_error("no model '" + Printable(name, 80) + "' was compared");
          },
          py::arg("name"))
      .def("__iter__", [](const SideBySide& all) { return py::iter(py::cast(all.results)); })
      .def(
          "to_dict", [](const SideBySide& all) { return ParseJson(CompareJson(all.ForReport())); },
          "A dict: what `joulecast compare --format json` prints.")
      .def(
          "to_pandas",
          [](const SideBySide& all) {
            py::list rows;
            for (const Shared& result : all.results) rows.append(SummaryRow(*result));
            return DataFrame(rows);
          },
          "A pandas.DataFrame with a row a model.\n\n"
          "Raises ImportError where pandas is not installed.")
      .def("__repr__",
           [](const SideBySide& all) {
             std::vector<std::string> names;
             for (const Shared& result : all.results) names.push_back(result->estimate.model);
             return Text("<joulecast.Comparison of " + Join(names, ", ") + " on " +
                         all.profile().device + ">");
           })
      .def("__str__", [](const SideBySide& all) { return Text(CompareText(all.ForReport())); })
      .def("_repr_html_", [](const SideBySide& all) {
        return Text(CompareHtml(all.ForReport().entries, all.profile()));
      });
  module.def(
      "compare", [](std::vector<Shared> results) { return SideBySide{std::move(results)}; },
      py::arg("estimates"));
}

}  // namespace

void BindEstimates(py::module_& module) {
  BindEstimate(module);
  BindComparison(module);
}

}  // namespace joulecast::python
