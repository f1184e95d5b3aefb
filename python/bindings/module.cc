// SPDX-License-Identifier: Apache-2.0
#include "joulecast/layer.h"
#include "python/bindings/bindings.h"

namespace joulecast::python {
namespace {

PYBIND11_MODULE(_core, module) {
  module.doc() = "What joulecast stands on: see the package joulecast.";
  module.attr("version") = JOULECAST_VERSION;
  module.attr("features_version") = kFeaturesVersion;
  BindErrors();
  BindDevices(module);
  BindLayers(module);
  BindEstimates(module);
  BindRequests(module);
  BindLibrary(module);
  BindMeters(module);
  BindFit(module);
}

}  // namespace
}  // namespace joulecast::python
