// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "joulecast/report.h"
#include "python/bindings/layer_rows.h"
#include "report/numbers.h"

namespace joulecast::python {
namespace {

py::str TypeName(const Layer& layer) {
  return layer.spec ? Text(layer.spec->type().name) : py::str("unknown");
}

py::object SpecText(const Layer& layer) {
  if (!layer.spec) return py::none();
  return Text(layer.spec->ToString());
}

/// A count of a known layer; None for an unknown operator.
template <typename Count>
py::object CountOf(const Layer& layer, Count count) {
  if (!layer.spec) return py::none();
  return py::int_(count(layer.work));
}

std::int64_t Macs(const Work& work) { return work.macs; }
std::int64_t MacsWithBias(const Work& work) { return work.macs + work.bias_adds; }
std::int64_t Params(const Work& work) { return work.params; }

template <typename Count>
auto Counter(Count count) {
  return [count](const LayerRow& row) { return CountOf(*row.layer, count); };
}

py::object TimeOf(const LayerEstimateRow& row) {
  if (!row.has_time) return py::none();
  return py::float_(row.line->forecast.time.count());
}

py::dict WithoutNote(const LayerRow& row) {
  const Layer& layer = *row.layer;
  py::dict dict;
  dict["index"] = row.index;
  dict["name"] = Text(layer.name);
  dict["op"] = Text(layer.op);
  dict["type"] = TypeName(layer);
  dict["spec"] = SpecText(layer);
  dict["macs"] = CountOf(layer, Macs);
  dict["macs_with_bias"] = CountOf(layer, MacsWithBias);
  dict["params"] = CountOf(layer, Params);
  dict["bytes"] = layer.work.bytes();
  dict["shares_weights"] = layer.shares_weights;
  return dict;
}

std::string Describe(const LayerRow& row) {
  const Layer& layer = *row.layer;
  return std::to_string(row.index) + " " + layer.name + ": " +
         (layer.spec ? layer.spec->ToString() : "unknown " + layer.op);
}

/// A total, by its name.
template <typename Count>
auto Total(Count count) {
  return [count](const ModelRows& rows) { return count(rows.model->TotalWork()); };
}

/// An iterator of our own would have to say what a change means; a list cannot change.
template <typename Rows>
py::iterator Iterate(const Rows& rows) {
  py::list all;
  for (std::size_t i = 0; i < rows.size(); ++i) all.append(rows.At(i));
  return py::iter(all);
}

}  // namespace

std::size_t PlaceOf(py::ssize_t index, std::size_t size) {
  const auto count = static_cast<py::ssize_t>(size);
  const py::ssize_t place = index < 0 ? index + count : index;
  if (place < 0 || place >= count) {
    throw py::index_error("there is no layer " + std::to_string(index) + "; there are " +
                          std::to_string(count));
  }
  return static_cast<std::size_t>(place);
}

void ThrowNoLayer(const std::string& name, const std::vector<std::string>& known) {
  const auto close = ClosestName(name, known);
  throw py::key_error("no layer '" + Printable(name, 80) + "'" +
                      (close ? "; did you mean '" + Printable(*close, 80) + "'?" : ""));
}

py::dict RowDict(const LayerRow& row) {
  py::dict dict = WithoutNote(row);
  dict["note"] = TextOrNone(row.layer->note);
  return dict;
}

py::dict RowDict(const LayerEstimateRow& row) {
  const LayerForecast& forecast = row.line->forecast;
  py::dict dict = WithoutNote(row);
  dict["energy_j"] = forecast.energy.energy.value();
  dict["energy_j_low"] = forecast.energy.low.value();
  dict["energy_j_high"] = forecast.energy.high.value();
  dict["time_s"] = TimeOf(row);
  dict["share"] = row.line->share;
  dict["coverage"] = Text(Name(forecast.coverage));
  dict["in_support"] = forecast.in_support;
  dict["note"] = TextOrNone(row.line->note);
  return dict;
}

void BindLayers(py::module_& module) {
  py::class_<LayerRow>(module, "Layer",
                       "One layer of a model: what it is and what it does per inference.")
      .def_property_readonly(
          "index", [](const LayerRow& row) { return row.index; },
          "Its number in execution order, from 0.")
      .def_property_readonly(
          "name", [](const LayerRow& row) { return Text(row.layer->name); },
          "The node's name; a module path where the model knows one.")
      .def_property_readonly(
          "op", [](const LayerRow& row) { return Text(row.layer->op); },
          "The graph operator, such as \"Conv\".")
      .def_property_readonly(
          "type", [](const LayerRow& row) { return TypeName(*row.layer); },
          "The layer type, such as \"conv2d\"; \"unknown\" for an operator that\n"
          "Joulecast does not know.")
      .def_property_readonly(
          "spec", [](const LayerRow& row) { return SpecText(*row.layer); },
          "The layer in Joulecast's one text form; None if unknown.")
      .def_property_readonly("macs", Counter(Macs),
                             "Multiply-accumulates without bias (1 MAC = 2 FLOPs); None if\n"
                             "unknown.")
      .def_property_readonly("macs_with_bias", Counter(MacsWithBias),
                             "The same and one for each addition of a bias.")
      .def_property_readonly("params", Counter(Params), "Trainable numbers; None if unknown.")
      .def_property_readonly(
          "bytes", [](const LayerRow& row) { return row.layer->work.bytes(); },
          "Bytes of all tensors read and written, each once.")
      .def_property_readonly(
          "shares_weights", [](const LayerRow& row) { return row.layer->shares_weights; },
          "Whether an earlier layer has the same weights: the total counts them once.")
      .def_property_readonly(
          "note", [](const LayerRow& row) { return TextOrNone(row.layer->note); },
          "Why it is unknown, or what was assumed; None if there is nothing to say.")
      .def(
          "to_dict", [](const LayerRow& row) { return RowJson(row); },
          "A dict as `joulecast layers --format json` has it.")
      .def("__repr__",
           [](const LayerRow& row) { return Text("<joulecast.Layer " + Describe(row) + ">"); });

  py::class_<LayerEstimateRow, LayerRow>(
      module, "LayerEstimate",
      "One layer of an estimate: a Layer, and what it is forecast to cost.")
      .def_property_readonly(
          "energy_j",
          [](const LayerEstimateRow& row) { return row.line->forecast.energy.energy.value(); },
          "Joules per inference of the whole batch.")
      .def_property_readonly(
          "energy_j_low",
          [](const LayerEstimateRow& row) { return row.line->forecast.energy.low.value(); },
          "The interval's lower end, in joules.")
      .def_property_readonly(
          "energy_j_high",
          [](const LayerEstimateRow& row) { return row.line->forecast.energy.high.value(); },
          "The interval's upper end, in joules.")
      .def_property_readonly("time_s", &TimeOf,
                             "Seconds; None where the device's profile knows no times.")
      .def_property_readonly(
          "power_w",
          [](const LayerEstimateRow& row) -> py::object {
            const LayerForecast& forecast = row.line->forecast;
            if (!row.has_time || forecast.time.count() <= 0) return py::none();
            return py::float_((forecast.energy.energy / forecast.time).value());
          },
          "Mean power in watts; None without a time.")
      .def_property_readonly(
          "share", [](const LayerEstimateRow& row) { return row.line->share; },
          "Of the model's energy: 0 to 1.")
      .def_property_readonly(
          "coverage",
          [](const LayerEstimateRow& row) { return Text(Name(row.line->forecast.coverage)); },
          "On what evidence it stands: \"fitted\", \"fallback\" (its type was not measured on the\n"
          "device), \"free\" (a view) or \"unknown\".")
      .def_property_readonly(
          "in_support", [](const LayerEstimateRow& row) { return row.line->forecast.in_support; },
          "Whether it lies within what was measured; if not, its interval is wider.")
      .def_property_readonly(
          "note", [](const LayerEstimateRow& row) { return TextOrNone(row.line->note); },
          "Why it is not fitted or outside what was measured; None if all is well.")
      .def(
          "to_dict", [](const LayerEstimateRow& row) { return RowJson(row); },
          "A dict as `joulecast estimate --format json` has it.")
      .def("__repr__", [](const LayerEstimateRow& row) {
        const LayerForecast& forecast = row.line->forecast;
        return Text("<joulecast.LayerEstimate " + Describe(row) + ": " +
                    Human(forecast.energy.energy) + ", " + std::string(Name(forecast.coverage)) +
                    ">");
      });

  BindRows<EstimateRows>(module, "LayerEstimates",
                         "The layers of an estimate, in execution order: by number, by name or by\n"
                         "slice.")
      .def("__iter__", &Iterate<EstimateRows>);

  BindRows<ModelRows>(module, "Layers",
                      "A model as layers, in execution order: by number, by name or by slice.")
      .def("__iter__", &Iterate<ModelRows>)
      .def_property_readonly(
          "model", [](const ModelRows& rows) { return Text(rows.model->name); },
          "The model's name.")
      .def_property_readonly(
          "batch", [](const ModelRows& rows) { return rows.model->batch; },
          "Samples per inference.")
      .def_property_readonly("macs", Total(Macs),
                             "Multiply-accumulates of all layers, without bias (1 MAC = 2 FLOPs).")
      .def_property_readonly("macs_with_bias", Total(MacsWithBias),
                             "The same and one for each addition of a bias.")
      .def_property_readonly("params", Total(Params), "Trainable numbers, shared weights once.")
      .def_property_readonly("bytes", Total([](const Work& work) { return work.bytes(); }),
                             "Bytes of all tensors read and written.")
      .def_property_readonly(
          "warnings", [](const ModelRows& rows) { return TextList(rows.model->warnings); },
          "What a reader has to know: a list of texts.")
      .def(
          "to_dict", [](const ModelRows& rows) { return ParseJson(LayersJson(*rows.model)); },
          "A dict as `joulecast layers --format json` has it.")
      .def("__str__", [](const ModelRows& rows) { return Text(LayersText(*rows.model)); })
      .def("_repr_html_", [](const ModelRows& rows) { return Text(LayersHtml(*rows.model)); });
}

}  // namespace joulecast::python
