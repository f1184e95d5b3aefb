// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include "joulecast/error.h"
#include "python/bindings/bindings.h"

namespace joulecast::python {
namespace {

/// Python tells a file that is not there from one that is wrong.
bool IsAbsence(std::string_view message) {
  return message.ends_with(std::strerror(ENOENT)) ||
         message.find(": no such file") != std::string_view::npos;
}

/// The class in joulecast._errors that stands for a kind.
const char* ClassOf(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage:
      return "UsageError";
    case ErrorKind::kInput:
      return IsAbsence(error.what()) ? "MissingFileError" : "InputError";
    case ErrorKind::kDevice:
      return "DeviceError";
    case ErrorKind::kPermission:
      break;
  }
  return "AccessError";
}

void Raise(const Error& error) {
  try {
    const py::object type = py::module_::import("joulecast._errors").attr(ClassOf(error));
    PyErr_SetObject(type.ptr(), Text(InPythonsWords(error.what())).ptr());
  } catch (py::error_already_set& failure) {
    failure.restore();
  }
}

}  // namespace

void BindErrors() {
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
      Raise(error);
    }
  });
}

}  // namespace joulecast::python
