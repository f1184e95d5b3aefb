// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>

#include "base/text.h"
#include "joulecast/report.h"
#include "report/comparison.h"

namespace joulecast {
namespace {

constexpr std::string_view kLayerHeader =
    "index,name,op,type,spec,macs,macs_with_bias,params,bytes";

std::string LayerFields(std::size_t index, const Layer& layer) {
  if (!layer.spec) {
    return fmt::format("{},{},{},unknown,,,,,{}", index, CsvField(layer.name), CsvField(layer.op),
                       layer.work.bytes());
  }
  return fmt::format("{},{},{},{},{},{},{},{},{}", index, CsvField(layer.name), CsvField(layer.op),
                     layer.spec->type().name, layer.spec->ToString(), layer.work.macs,
                     layer.work.macs + layer.work.bias_adds, layer.work.params, layer.work.bytes());
}

}  // namespace

std::string EstimateCsv(const Estimate& estimate) {
  std::string csv =
      fmt::format("{},energy_j,energy_j_low,energy_j_high,time_s,share,coverage,in_support,kind\n",
                  kLayerHeader);
  for (std::size_t i = 0; i < estimate.layers.size(); ++i) {
    const LayerEstimate& line = estimate.layers[i];
    const EnergyForecast& energy = line.forecast.energy;
    fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{},{},{},forecast\n",
                   LayerFields(i, line.layer), energy.energy.value(), energy.low.value(),
                   energy.high.value(), line.forecast.time.count(), line.share,
                   Name(line.forecast.coverage), line.forecast.in_support);
  }
  return csv;
}

std::string LayersCsv(const LayeredModel& model) {
  std::string csv = fmt::format("{}\n", kLayerHeader);
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    csv += LayerFields(i, model.layers[i]) + "\n";
  }
  return csv;
}

std::string CompareCsv(const Comparison& comparison) {
  std::string csv =
      "model,device,batch,energy_j,energy_j_low,energy_j_high,time_s,edp_js,macs,macs_with_bias,"
      "params,operational_gco2,accuracy_percent,kind\n";
  const auto field = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  for (const ComparedEstimate& entry : comparison.entries) {
    const Estimate& each = entry.estimate;
    const std::optional<double> gco2 = each.footprint && each.footprint->operational_gco2
                                           ? std::optional(each.footprint->operational_gco2->value)
                                           : std::nullopt;
    fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{},{},{},{},{},{},{},{},forecast\n",
                   CsvField(each.model), CsvField(each.device), each.batch,
                   each.energy.energy.value(), each.energy.low.value(), each.energy.high.value(),
                   each.time.count(), field(entry.edp_js()), each.work.macs,
                   each.work.macs + each.work.bias_adds, each.work.params, field(gco2),
                   field(entry.accuracy_percent));
  }
  return csv;
}

}  // namespace joulecast
