// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "measure/command_report.h"
#include "measure/diagnosis.h"
#include "measure/guard.h"
#include "measure/utc_time.h"
#include "python/bindings/bindings.h"

namespace joulecast::python {
namespace {

MeterHost HostOf(std::optional<double> tdp_w, bool with_memory) {
  MeterHost host{.with_memory = with_memory};
  if (tdp_w) host.tdp = Watts(*tdp_w);
  return host;
}

/// Sleeps, and lets Python's signal handlers run: Ctrl-C raises KeyboardInterrupt at once.
void WaitFor(Seconds time) {
  constexpr Seconds kSlice{0.05};
  SteadyClock clock;
  const auto end = clock.Now() + time;
  while (clock.Now() < end) {
    clock.Sleep(std::min<Seconds>(kSlice, end - clock.Now()));
    const py::gil_scoped_acquire acquired;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

/// Meters, and one window of them at a time: rest, start, stop, rest, report. All but the report
/// lets other threads of Python run.
class MeteredBlock {
 public:
  MeteredBlock(const std::string& meters, std::optional<double> tdp_w, bool with_memory)
      : meters_(meters.empty() ? OpenDefaultMeters(HostOf(tdp_w, with_memory))
                               : OpenMeters(meters, HostOf(tdp_w, with_memory))),
        session_(meters_, clock_) {}

  void RestBefore(double seconds) {
    block_ = {};
    if (seconds > 0) block_.baseline.before = MeasureIdle(session_, Seconds(seconds), WaitFor);
  }

  void Start() {
    block_.started = UtcTime();
    block_.before = ReadConditions();
    session_.Start();
    guard_.emplace(session_);
  }

  void Stop() {
    block_.window = session_.Stop();
    guard_.reset();
    block_.after = ReadConditions();
  }

  void RestAfter(double seconds) {
    if (seconds > 0) block_.baseline.after = MeasureIdle(session_, Seconds(seconds), WaitFor);
  }

  /// Text and JSON.
  py::tuple Report() const {
    const BlockReport report = MakeReport(meters_, block_, "joulecast " JOULECAST_VERSION);
    return py::make_tuple(Text(InPythonsWords(BlockText(report))), Text(BlockJson(report)));
  }

 private:
  std::vector<std::unique_ptr<Meter>> meters_;
  SteadyClock clock_;
  Session session_;
  Block block_;
  std::optional<Guard> guard_;  ///< the last member: it ends before what it reads
};

std::pair<std::string, std::string> DiagnoseHere() {
  SteadyClock clock;
  const Diagnosis diagnosis = Diagnose({}, clock);
  return {DiagnosisText(diagnosis), DiagnosisJson(diagnosis)};
}

}  // namespace

void BindMeters(py::module_& module) {
  using Released = py::call_guard<py::gil_scoped_release>;
  py::class_<MeteredBlock>(module, "MeteredBlock")
      .def(py::init<const std::string&, std::optional<double>, bool>(), Released(),
           py::arg("meters"), py::arg("tdp_w"), py::arg("with_memory"))
      .def("rest_before", &MeteredBlock::RestBefore, Released(), py::arg("seconds"))
      .def("start", &MeteredBlock::Start, Released())
      .def("stop", &MeteredBlock::Stop, Released())
      .def("rest_after", &MeteredBlock::RestAfter, Released(), py::arg("seconds"))
      .def("report", &MeteredBlock::Report);
  module.def("doctor", &DiagnoseHere, Released());
}

}  // namespace joulecast::python
