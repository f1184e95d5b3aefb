// SPDX-License-Identifier: Apache-2.0
// What the files of the Python module share. Its public names are those of python/joulecast; this
// module, joulecast._core, is what they stand on.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bounded_cache.h"
#include "joulecast/estimate.h"
#include "joulecast/generation.h"
#include "joulecast/graph.h"
#include "joulecast/layer.h"
#include "joulecast/profile.h"
#include "predict/profile_store.h"
#include "report/comparison.h"

namespace joulecast::python {

namespace py = pybind11;

/// A device as Python holds it. The profile stays the same as long as anybody has it.
struct DeviceHandle {
  std::shared_ptr<const Profile> profile;
};

/// An estimate with what it was made from.
struct EstimateResult {
  Estimate estimate;
  std::shared_ptr<const Profile> profile;

  bool has_time() const { return estimate.time.count() > 0; }
};

/// What a request to a language model takes, with what that was made from.
struct RequestResult {
  GenerationEstimate estimate;
  std::shared_ptr<const Profile> profile;
};

/// A model and what the caller fixes about it.
struct ModelRequest {
  std::string name;  ///< of the zoo, or a path
  std::optional<std::int64_t> batch;
  std::map<std::string, Shape> shapes;  ///< under "", the shape of the only input
  std::string dtype;                    ///< "f16"; empty: the model's own

  friend auto operator<=>(const ModelRequest&, const ModelRequest&) = default;
};

/// Reads models and profiles, and keeps those that are asked for again and again. Any number of
/// threads may ask.
class Library {
 public:
  /// The device that an argument means: None (the default), a name or path, or a device. To be
  /// called with the interpreter's lock: it reads an environment variable, which others may set.
  std::shared_ptr<const Profile> DeviceOf(const py::object& device);

  /// A model as layers. Without the interpreter's lock, as everything below.
  std::shared_ptr<const LayeredModel> Layers(const ModelRequest& request);

  /// An ONNX model in memory. `runs_eagerly`: it was made of a module that runs in PyTorch, where
  /// nothing is computed before the run.
  std::shared_ptr<const LayeredModel> LayersOf(std::string_view onnx, const ModelRequest& request,
                                               bool runs_eagerly);

 private:
  ProfileStore profiles_;
  BoundedCache<ModelRequest, LayeredModel> zoo_{64};
};

/// Text that need not be UTF-8, because a file brought it.
py::str Text(std::string_view text);

/// The same, None where it is empty.
py::object TextOrNone(std::string_view text);

/// A message for Python: the flags of the command are keyword arguments here.
std::string InPythonsWords(std::string_view message);

/// Messages as Python has them.
py::list TextList(const std::vector<std::string>& texts);

/// What Python's json module makes of a text.
py::object ParseJson(const std::string& json);

/// A table of pandas. Throws ImportError with advice where there is none.
py::object DataFrame(const py::list& rows);

/// Fragments of HTML for notebooks: everything escaped, no scripts.
std::string EstimateHtml(const EstimateResult& result);
std::string RequestHtml(const RequestResult& result);
std::string LayersHtml(const LayeredModel& model);
std::string CompareHtml(const std::vector<ComparedEstimate>& entries, const Profile& profile);

void BindErrors();
void BindDevices(py::module_& module);
void BindLayers(py::module_& module);
void BindEstimates(py::module_& module);
void BindRequests(py::module_& module);
void BindLibrary(py::module_& module);
void BindMeters(py::module_& module);
void BindFit(py::module_& module);

}  // namespace joulecast::python
