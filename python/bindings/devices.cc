// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "joulecast/error.h"
#include "joulecast/report.h"
#include "python/bindings/bindings.h"

namespace joulecast::python {
namespace {

std::string JsonOf(const Profile& profile) { return DevicesJson(std::span(&profile, 1)); }

/// Every profile at hand, and what is wrong with those that cannot be read: one bad file of the
/// user's own must not hide the others.
py::tuple AllDevices(Library& library) {
  py::list devices;
  py::list complaints;
  for (const std::string& name : KnownDevices()) {
    try {
      devices.append(DeviceHandle{library.DeviceOf(py::str(name))});
    } catch (const Error& error) {
      complaints.append(Text(error.what()));
    }
  }
  return py::make_tuple(devices, complaints);
}

template <typename Member>
auto Origin(Member member) {
  return [member](const DeviceHandle& device) { return Text(device.profile->provenance.*member); };
}

}  // namespace

void BindDevices(py::module_& module) {
  py::class_<DeviceHandle>(
      module, "Device",
      "What was learned of a device, and from what: a profile.\n\n"
      "Where a forecast is for one and the same device again and again, give this in place of its\n"
      "name. From joulecast.device() and joulecast.devices(); an estimate has it as `provenance`.")
      .def_property_readonly(
          "name", [](const DeviceHandle& device) { return Text(device.profile->device); },
          "Short name, as device= takes it: \"xeon-gold-5120\".")
      .def_property_readonly(
          "title", [](const DeviceHandle& device) { return Text(device.profile->title); },
          "Name for people.")
      .def_property_readonly("kind", Origin(&Provenance::kind),
                             "What the energies were that it was fitted to: \"measured\",\n"
                             "\"integrated\" or \"modelled\".")
      .def_property_readonly("meter", Origin(&Provenance::meter), "What measured them.")
      .def_property_readonly("hardware", Origin(&Provenance::hardware), "What was measured.")
      .def_property_readonly("software", Origin(&Provenance::software), "What ran on it.")
      .def_property_readonly("dataset", Origin(&Provenance::dataset),
                             "Where the measurements are from.")
      .def_property_readonly("fitted_by", Origin(&Provenance::fitted_by),
                             "The program that made the profile.")
      .def_property_readonly(
          "training_rows",
          [](const DeviceHandle& device) { return device.profile->provenance.training_rows; },
          "Measured rows that it was fitted to.")
      .def_property_readonly(
          "interval", [](const DeviceHandle& device) { return device.profile->interval_level; },
          "Share of measurements that lie inside a forecast's interval: 0.9.")
      .def(
          "to_dict",
          [](const DeviceHandle& device) -> py::object {
            return ParseJson(JsonOf(*device.profile))["devices"][py::int_(0)];
          },
          "A dict as `joulecast devices --format json` has it, with each layer type's rows and\n"
          "error in cross-validation.")
      .def("__repr__",
           [](const DeviceHandle& device) {
             const Profile& profile = *device.profile;
             return Text("<joulecast.Device " + profile.device + ": " + profile.title + ", " +
                         std::to_string(profile.provenance.training_rows) + " " +
                         profile.provenance.kind + " rows>");
           })
      .def("__str__", [](const DeviceHandle& device) {
        return Text(DevicesText(std::span(device.profile.get(), 1)));
      });
  module.def("all_devices", &AllDevices, py::arg("library"));
  module.def("default_device", &DefaultDevice);
}

}  // namespace joulecast::python
