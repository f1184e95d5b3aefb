// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "joulecast/report.h"
#include "python/bindings/bindings.h"
#include "report/numbers.h"

namespace joulecast::python {
namespace {

/// The passes of one kind; keeps the whole request alive.
struct Phase {
  std::shared_ptr<const RequestResult> result;
  const PhaseEstimate* phase = nullptr;
};

template <typename Member>
auto Energy(Member member) {
  return [member](const RequestResult& result) { return (result.estimate.energy.*member).value(); };
}

template <typename Member>
auto PhaseEnergy(Member member) {
  return [member](const Phase& phase) { return (phase.phase->energy.*member).value(); };
}

py::object SecondsOrNone(Seconds time) {
  if (time.count() <= 0) return py::none();
  return py::float_(time.count());
}

py::object WattsOrNone(Joules energy, Seconds time) {
  if (time.count() <= 0) return py::none();
  return py::float_((energy / time).value());
}

std::string Summary(const RequestResult& result) {
  const GenerationEstimate& estimate = result.estimate;
  const GenerationRequest& request = estimate.request;
  return fmt::format("{}, batch {}, prompt {}, generate {}, on {}: {} ({:.0f} % interval {} .. {})",
                     estimate.model, request.batch, request.prompt, request.generate,
                     estimate.device, Human(estimate.energy.energy),
                     100 * result.profile->interval_level, Human(estimate.energy.low),
                     Human(estimate.energy.high));
}

void BindPhase(py::module_& module) {
  py::class_<Phase>(module, "Phase",
                    "All passes of one kind that a request to a language model takes.")
      .def_property_readonly(
          "passes", [](const Phase& phase) { return phase.phase->passes; },
          "How often the model runs.")
      .def_property_readonly(
          "tokens", [](const Phase& phase) { return phase.phase->tokens; },
          "Tokens of one sequence that these passes read or generate.")
      .def_property_readonly("energy_j", PhaseEnergy(&EnergyForecast::energy),
                             "Joules of all passes and sequences.")
      .def_property_readonly("energy_j_low", PhaseEnergy(&EnergyForecast::low),
                             "The interval's lower end, in joules.")
      .def_property_readonly("energy_j_high", PhaseEnergy(&EnergyForecast::high),
                             "The interval's upper end, in joules.")
      .def_property_readonly(
          "energy_j_per_token",
          [](const Phase& phase) { return phase.phase->energy_per_token().value(); },
          "Joules per token of one sequence.")
      .def_property_readonly(
          "time_s", [](const Phase& phase) { return SecondsOrNone(phase.phase->time); },
          "Seconds of all passes; None where the device's profile knows no times.")
      .def_property_readonly(
          "power_w",
          [](const Phase& phase) {
            return WattsOrNone(phase.phase->energy.energy, phase.phase->time);
          },
          "Mean power in watts; None without a time.")
      .def_property_readonly(
          "macs", [](const Phase& phase) { return phase.phase->macs; },
          "Multiply-accumulates of all passes.")
      .def_property_readonly(
          "one_pass",
          [](const Phase& phase) {
            return std::make_shared<EstimateResult>(
                EstimateResult{phase.phase->typical, phase.result->profile});
          },
          "The Estimate of one pass, layer by layer: the prompt's, or the middle one of the\n"
          "generation.")
      .def("__repr__", [](const Phase& phase) {
        return Text(fmt::format("<joulecast.Phase: {} passes, {}>", phase.phase->passes,
                                Human(phase.phase->energy.energy)));
      });
}

}  // namespace

void BindRequests(py::module_& module) {
  BindPhase(module);
  py::class_<RequestResult, std::shared_ptr<RequestResult>>(
      module, "RequestEstimate",
      "What a request to a language model is forecast to cost: a batch of prompts, each answered\n"
      "with so many tokens.")
      .def_property_readonly(
          "model", [](const RequestResult& result) { return Text(result.estimate.model); },
          "The model's name.")
      .def_property_readonly(
          "device", [](const RequestResult& result) { return Text(result.estimate.device); },
          "The device's short name.")
      .def_property_readonly(
          "batch", [](const RequestResult& result) { return result.estimate.request.batch; },
          "Sequences at once.")
      .def_property_readonly(
          "prompt", [](const RequestResult& result) { return result.estimate.request.prompt; },
          "Tokens of each prompt.")
      .def_property_readonly(
          "generate", [](const RequestResult& result) { return result.estimate.request.generate; },
          "Tokens generated for each.")
      .def_property_readonly("energy_j", Energy(&EnergyForecast::energy),
                             "Joules of the whole request.")
      .def_property_readonly("energy_j_low", Energy(&EnergyForecast::low),
                             "The interval's lower end, in joules.")
      .def_property_readonly("energy_j_high", Energy(&EnergyForecast::high),
                             "The interval's upper end, in joules.")
      .def_property_readonly(
          "energy_j_per_generated_token",
          [](const RequestResult& result) -> py::object {
            if (result.estimate.request.generate == 0) return py::none();
            return py::float_(result.estimate.energy_per_generated_token().value());
          },
          "Joules per token of one answer, the prompt's included; None if none is generated.")
      .def_property_readonly(
          "time_s", [](const RequestResult& result) { return SecondsOrNone(result.estimate.time); },
          "Seconds; None where the device's profile knows no times.")
      .def_property_readonly(
          "power_w",
          [](const RequestResult& result) {
            return WattsOrNone(result.estimate.energy.energy, result.estimate.time);
          },
          "Mean power in watts; None without a time.")
      .def_property_readonly(
          "macs",
          [](const RequestResult& result) {
            const auto& decode = result.estimate.decode;
            return result.estimate.prefill.macs + (decode ? decode->macs : 0);
          },
          "Multiply-accumulates of all passes, without bias (1 MAC = 2 FLOPs).")
      .def_property_readonly(
          "params", [](const RequestResult& result) { return result.estimate.params; },
          "Trainable numbers, shared weights once.")
      .def_property_readonly(
          "kv_cache_bytes",
          [](const RequestResult& result) { return result.estimate.kv_cache_bytes; },
          "Bytes of the keys and values kept at the end, of all sequences.")
      .def_property_readonly(
          "prefill",
          [](const std::shared_ptr<RequestResult>& result) {
            return Phase{result, &result->estimate.prefill};
          },
          "The Phase that reads the prompts.")
      .def_property_readonly(
          "decode",
          [](const std::shared_ptr<RequestResult>& result) -> py::object {
            if (!result->estimate.decode) return py::none();
            return py::cast(Phase{result, &*result->estimate.decode});
          },
          "The Phase that generates, token by token; None if no pass only generates.")
      .def_property_readonly(
          "warnings",
          [](const RequestResult& result) { return TextList(result.estimate.warnings); },
          "What a reader has to know: a list of texts.")
      .def_property_readonly(
          "provenance", [](const RequestResult& result) { return DeviceHandle{result.profile}; },
          "The Device that the forecast stands on: what was measured, with which meter, how often.")
      .def(
          "to_dict",
          [](const RequestResult& result) {
            return ParseJson(GenerationJson(result.estimate, *result.profile));
          },
          "A dict: what `joulecast estimate --format json` prints.")
      .def("__repr__",
           [](const RequestResult& result) {
             return Text("<joulecast.RequestEstimate " + Summary(result) + ">");
           })
      .def("__str__",
           [](const RequestResult& result) {
             return Text(GenerationText(result.estimate, *result.profile));
           })
      .def("_repr_html_", [](const RequestResult& result) { return Text(RequestHtml(result)); });
}

}  // namespace joulecast::python
