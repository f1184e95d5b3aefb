// SPDX-License-Identifier: Apache-2.0
// Layers as Python sees them: rows that keep alive what they are part of.
#pragma once

#include <memory>
#include <string>

#include "python/bindings/bindings.h"

namespace joulecast::python {

/// A layer of a model: what it is and what it does.
struct LayerRow {
  std::shared_ptr<const void> owner;
  const Layer* layer = nullptr;
  std::size_t index = 0;
};

/// A layer of an estimate: what it costs, too.
struct LayerEstimateRow : LayerRow {
  const LayerEstimate* line = nullptr;
  bool has_time = false;
};

/// All layers of a model.
struct ModelRows {
  using Row = LayerRow;
  std::shared_ptr<const LayeredModel> model;

  std::size_t size() const { return model->layers.size(); }
  Row At(std::size_t index) const { return {model, &model->layers[index], index}; }
};

/// All layers of an estimate.
struct EstimateRows {
  using Row = LayerEstimateRow;
  std::shared_ptr<const EstimateResult> result;

  std::size_t size() const { return result->estimate.layers.size(); }
  Row At(std::size_t index) const {
    const LayerEstimate& line = result->estimate.layers[index];
    return {{result, &line.layer, index}, &line, result->has_time()};
  }
};

py::dict RowDict(const LayerRow& row);
py::dict RowDict(const LayerEstimateRow& row);

/// A row as the JSON has it: without what is not said of it.
template <typename Row>
py::dict RowJson(const Row& row) {
  py::dict dict = RowDict(row);
  if (!row.layer->shares_weights) dict.attr("pop")("shares_weights");
  if (dict["note"].is_none()) dict.attr("pop")("note");
  return dict;
}

/// Index of a layer, counted from the end if negative. Throws IndexError.
std::size_t PlaceOf(py::ssize_t index, std::size_t size);

template <typename Rows>
py::object DataFrameOf(const Rows& rows) {
  py::list table;
  for (std::size_t i = 0; i < rows.size(); ++i) table.append(RowDict(rows.At(i)));
  return DataFrame(table);
}

/// Throws KeyError, naming the closest of the known names.
[[noreturn]] void ThrowNoLayer(const std::string& name, const std::vector<std::string>& known);

/// A sequence: by number, name or slice.
template <typename Rows>
py::class_<Rows> BindRows(py::module_& module, const char* name, const char* doc) {
  return py::class_<Rows>(module, name, doc)
      .def("__len__", &Rows::size)
      .def(
          "__getitem__",
          [](const Rows& rows, py::ssize_t index) { return rows.At(PlaceOf(index, rows.size())); },
          py::arg("index"))
      .def(
          "__getitem__",
          [](const Rows& rows, const std::string& wanted) {
            for (std::size_t i = 0; i < rows.size(); ++i) {
              auto row = rows.At(i);
              if (row.layer->name == wanted) return row;
            }
            std::vector<std::string> known;
            for (std::size_t i = 0; i < rows.size(); ++i) known.push_back(rows.At(i).layer->name);
            ThrowNoLayer(wanted, known);
          },
          py::arg("name"))
      .def(
          "__getitem__",
          [](const Rows& rows, const py::slice& slice) {
            std::size_t start = 0, stop = 0, step = 0, count = 0;
            if (!slice.compute(rows.size(), &start, &stop, &step, &count)) {
              throw py::error_already_set();
            }
            py::list part;
            for (std::size_t i = 0; i < count; ++i, start += step) part.append(rows.At(start));
            return part;
          },
          py::arg("part"))
      .def("__contains__",
           [](const Rows& rows, const py::object& wanted) {
             if (!py::isinstance<py::str>(wanted)) return false;
             const auto text = wanted.cast<std::string>();
             for (std::size_t i = 0; i < rows.size(); ++i) {
               if (rows.At(i).layer->name == text) return true;
             }
             return false;
           })
      .def("__repr__",
           [name](const Rows& rows) {
             return "<joulecast." + std::string(name) + ": " + std::to_string(rows.size()) +
                    " layers>";
           })
      .def("to_pandas", &DataFrameOf<Rows>,
           "A pandas.DataFrame with a row a layer; columns as the attributes of a layer.\n\n"
           "Raises ImportError where pandas is not installed.");
}

}  // namespace joulecast::python
