// SPDX-License-Identifier: Apache-2.0
#include "fit/fit_dataset.h"

#include <utility>

#include "base/write_file.h"
#include "python/bindings/bindings.h"

namespace joulecast::python {
namespace {

/// The device, and text and JSON of how well it is forecast.
py::tuple Fit(const DatasetFit& request, const std::string& output) {
  std::optional<ProfileFit> fit;
  {
    const py::gil_scoped_release released;
    fit = FitDataset(request, [](std::string_view) {});
    if (!output.empty()) WriteFile(output, WriteProfile(fit->profile));
  }
  const py::str text = Text(FitText(*fit, output));
  const py::str json = Text(FitJson(*fit, output));
  auto profile = std::make_shared<const Profile>(std::move(fit->profile));
  return py::make_tuple(DeviceHandle{std::move(profile)}, text, json);
}

}  // namespace

void BindFit(py::module_& module) {
  module.def(
      "fit",
      [](const std::string& dataset, const std::string& output, const std::string& name,
         const std::string& title, std::vector<std::string> traits, std::set<std::string> origins,
         const std::string& from_device, const std::string& cleaning, bool residual) {
        return Fit({.dataset = dataset,
                    .rows = {.origins = std::move(origins),
                             .device = from_device,
                             .cleaning = CleaningOf(cleaning)},
                    .name = name,
                    .title = title,
                    .traits = std::move(traits),
                    .allow_residual = residual,
                    .fitted_by = "joulecast " JOULECAST_VERSION},
                   output);
      },
      py::arg("dataset"), py::arg("output"), py::arg("name"), py::arg("title"), py::arg("traits"),
      py::arg("origins"), py::arg("from_device"), py::arg("cleaning"), py::arg("residual"));
}

}  // namespace joulecast::python
