// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "formats/onnx/onnx.h"
#include "joulecast/error.h"
#include "joulecast/model.h"
#include "joulecast/zoo.h"
#include "python/bindings/layer_rows.h"
#include "report/explanation.h"

namespace joulecast::python {
namespace {

bool IsOfZoo(std::string_view name) {
  return std::ranges::find(ZooCatalog(), name, &ZooEntry::name) != ZooCatalog().end();
}

void SetType(Graph& graph, const std::string& dtype) {
  if (dtype.empty()) return;
  const auto type = DTypeFromName(dtype);
  if (!type) {
    throw Error(ErrorKind::kUsage,
                "no element type '" + Printable(dtype, 40) + "'; give f64, f32, f16 or bf16");
  }
  SetFloatType(graph, *type);
}

/// A shape without a name is that of the only input.
InputBinding BindingOf(const Graph& graph, const ModelRequest& request) {
  InputBinding binding{.batch = request.batch, .shapes = request.shapes};
  auto nameless = binding.shapes.extract("");
  if (!nameless) return binding;
  if (graph.inputs.size() != 1) {
    std::vector<std::string> names;
    for (const ValueId id : graph.inputs) {
      names.push_back(Printable(graph.values[static_cast<std::size_t>(id)].name, 60));
    }
    throw Error(ErrorKind::kUsage, "a shape needs the name of its input, as in shape={'" +
                                       (names.empty() ? "input" : names.front()) +
                                       "': (1, 3, 224, 224)}: the model has the inputs " +
                                       Join(names, ", "));
  }
  nameless.key() = graph.values[static_cast<std::size_t>(graph.inputs.front())].name;
  binding.shapes.insert(std::move(nameless));
  return binding;
}

/// Errors name the model.
LayeredModel ResolveGraph(Graph graph, const ModelRequest& request) {
  try {
    SetType(graph, request.dtype);
    return Resolve(graph, BindingOf(graph, request));
  } catch (const Error& error) {
    throw Error(error.kind(), Printable(request.name, 100) + ": " + error.what());
  }
}

std::shared_ptr<EstimateResult> EstimateOf(const LayeredModel& model,
                                           std::shared_ptr<const Profile> profile) {
  Estimate estimate = EstimateModel(model, Predictor(*profile));
  return std::make_shared<EstimateResult>(EstimateResult{std::move(estimate), std::move(profile)});
}

/// A language model has no one cost: it depends on what is asked of it.
void RefuseLanguageModel(const std::string& name) {
  if (IsOfZoo(name) || !LoadLanguageModel(name)) return;
  throw Error(ErrorKind::kUsage, Printable(name, 100) +
                                     " is a language model: say what is asked of it, in tokens, as "
                                     "prompt=512, generate=128");
}

std::shared_ptr<EstimateResult> EstimateByName(Library& library, const ModelRequest& request,
                                               const py::object& device) {
  auto profile = library.DeviceOf(device);
  const py::gil_scoped_release released;
  RefuseLanguageModel(request.name);
  return EstimateOf(*library.Layers(request), std::move(profile));
}

/// The bytes stay as they are while they are read: Python's bytes never change.
std::string_view BytesOf(const py::bytes& bytes) { return bytes; }

std::shared_ptr<EstimateResult> EstimateOfBytes(Library& library, const py::bytes& onnx,
                                                const ModelRequest& request, bool runs_eagerly,
                                                const py::object& device) {
  auto profile = library.DeviceOf(device);
  const std::string_view bytes = BytesOf(onnx);
  const py::gil_scoped_release released;
  return EstimateOf(*library.LayersOf(bytes, request, runs_eagerly), std::move(profile));
}

std::shared_ptr<RequestResult> EstimateRequest(Library& library, const ModelRequest& request,
                                               std::optional<std::int64_t> prompt,
                                               std::optional<std::int64_t> generate,
                                               const py::object& device) {
  auto profile = library.DeviceOf(device);
  const py::gil_scoped_release released;
  auto model = IsOfZoo(request.name) ? std::nullopt : LoadLanguageModel(request.name);
  if (!model) {
    LoadModel(request.name);  // what is no model at all is told so
    throw Error(ErrorKind::kUsage, Printable(request.name, 100) +
                                       " is no language model: prompt= and generate= are for those "
                                       "that are read from a config.json");
  }
  SetType(model->prefill, request.dtype);
  if (model->decode) SetType(*model->decode, request.dtype);
  GenerationRequest asked;
  asked.batch = request.batch.value_or(asked.batch);
  asked.prompt = prompt.value_or(asked.prompt);
  asked.generate = generate.value_or(model->decode ? asked.generate : 0);
  auto estimate = EstimateGeneration(*model, asked, Predictor(*profile));
  return std::make_shared<RequestResult>(RequestResult{std::move(estimate), std::move(profile)});
}

ModelRows LayersByName(Library& library, const ModelRequest& request) {
  const py::gil_scoped_release released;
  return {library.Layers(request)};
}

ModelRows LayersOfBytes(Library& library, const py::bytes& onnx, const ModelRequest& request,
                        bool runs_eagerly) {
  const std::string_view bytes = BytesOf(onnx);
  const py::gil_scoped_release released;
  return {library.LayersOf(bytes, request, runs_eagerly)};
}

/// Text and JSON of where the joules go.
py::tuple Texts(const Explanation& explanation, const Profile& profile) {
  return py::make_tuple(Text(ExplanationText(explanation, profile)),
                        Text(ExplanationJson(explanation, profile)));
}

py::tuple ExplainRows(Library& library, const ModelRows& rows, const py::object& device) {
  const auto profile = library.DeviceOf(device);
  return Texts(ExplainModel(*rows.model, Predictor(*profile)), *profile);
}

py::tuple ExplainSpec(Library& library, const std::string& spec, const py::object& device) {
  const auto profile = library.DeviceOf(device);
  return Texts(ExplainLayer(LayerSpec::Parse(spec), Predictor(*profile)), *profile);
}

py::list Zoo() {
  py::list models;
  for (const ZooEntry& entry : ZooCatalog()) {
    models.append(py::make_tuple(entry.name, entry.family, entry.summary,
                                 py::tuple(py::cast(entry.input_shape))));
  }
  return models;
}

}  // namespace

std::shared_ptr<const Profile> Library::DeviceOf(const py::object& device) {
  if (device.is_none()) return profiles_.Load(DefaultDevice());
  if (py::isinstance<DeviceHandle>(device)) return device.cast<const DeviceHandle&>().profile;
  return profiles_.Load(device.cast<std::string>());
}

std::shared_ptr<const LayeredModel> Library::Layers(const ModelRequest& request) {
  const auto read = [&] { return ResolveGraph(LoadModel(request.name), request); };
  // Files may change; networks of the zoo do not.
  if (IsOfZoo(request.name)) return zoo_.Get(request, read);
  return std::make_shared<const LayeredModel>(read());
}

std::shared_ptr<const LayeredModel> Library::LayersOf(std::string_view onnx,
                                                      const ModelRequest& request,
                                                      bool runs_eagerly) {
  Graph graph = ReadOnnx(std::as_bytes(std::span(onnx)), request.name);
  if (runs_eagerly) graph.folds_weights = false;
  return std::make_shared<const LayeredModel>(ResolveGraph(std::move(graph), request));
}

void BindLibrary(py::module_& module) {
  py::class_<ModelRequest>(module, "ModelRequest")
      .def(py::init([](std::string name, std::optional<std::int64_t> batch,
                       std::map<std::string, Shape> shapes, std::string dtype) {
             return ModelRequest{std::move(name), batch, std::move(shapes), std::move(dtype)};
           }),
           py::arg("name"), py::arg("batch"), py::arg("shapes"), py::arg("dtype"));
  py::class_<Library>(module, "Library")
      .def(py::init<>())
      .def(
          "device",
          [](Library& library, const py::object& device) {
            return DeviceHandle{library.DeviceOf(device)};
          },
          py::arg("device"))
      .def("estimate", &EstimateByName, py::arg("request"), py::arg("device"))
      .def("estimate_onnx", &EstimateOfBytes, py::arg("onnx"), py::arg("request"),
           py::arg("runs_eagerly"), py::arg("device"))
      .def("estimate_request", &EstimateRequest, py::arg("request"), py::arg("prompt"),
           py::arg("generate"), py::arg("device"))
      .def("layers", &LayersByName, py::arg("request"))
      .def("layers_onnx", &LayersOfBytes, py::arg("onnx"), py::arg("request"),
           py::arg("runs_eagerly"))
      .def("explain", &ExplainRows, py::arg("layers"), py::arg("device"))
      .def("explain_layer", &ExplainSpec, py::arg("spec"), py::arg("device"));
  module.def("zoo", &Zoo);
}

}  // namespace joulecast::python
