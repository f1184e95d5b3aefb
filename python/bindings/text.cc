// SPDX-License-Identifier: Apache-2.0
#include <regex>

#include "python/bindings/bindings.h"

namespace joulecast::python {

py::str Text(std::string_view text) {
  PyObject* const decoded =
      PyUnicode_DecodeUTF8(text.data(), static_cast<py::ssize_t>(text.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

py::object TextOrNone(std::string_view text) {
  if (text.empty()) return py::none();
  return Text(text);
}

/// "--batch 8" -> "batch=8", "--shape seq=128" -> "shape='seq=128'", "--tdp-w" -> "tdp_w=".
std::string InPythonsWords(std::string_view message) {
  if (message.find("--") == std::string_view::npos) return std::string(message);
  static const std::regex flag(
      R"((^|[^\w-])--(batch|shape|dtype|device|prompt|generate|meter|tdp-w|idle-s|trait|from-device))"
      R"((?: ([\w.:/-]*=[^\s;,]+|\d+|[^\s:;,]+(?=: )|modelled|powercap|perf|nvml\S*|hwmon\S*|external\S*))?)"
      R"((?![\w-]))");
  std::string result;
  const std::string text(message);
  auto end = text.cbegin();
  for (std::sregex_iterator match(text.begin(), text.end(), flag), last; match != last; ++match) {
    result.append(end, match->prefix().second);
    std::string name = (*match)[2];
    for (char& c : name) c = c == '-' ? '_' : c;
    std::string value = (*match)[3];
    const bool is_number = value.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) value = "'" + value + "'";
    result += (*match)[1].str() + name + "=" + value;
    end = (*match)[0].second;
  }
  result.append(end, text.cend());
  return result;
}

py::list TextList(const std::vector<std::string>& texts) {
  py::list list;
  for (const std::string& text : texts) list.append(Text(InPythonsWords(text)));
  return list;
}

py::object ParseJson(const std::string& json) {
  return py::module_::import("json").attr("loads")(py::str(json));
}

py::object DataFrame(const py::list& rows) {
  py::object pandas;
  try {
    pandas = py::module_::import("pandas");
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ImportError)) throw;
    throw py::import_error(
        "to_pandas() needs pandas, which is not installed: pip install pandas, or use to_dict()");
  }
  return pandas.attr("DataFrame").attr("from_records")(rows);
}

}  // namespace joulecast::python
