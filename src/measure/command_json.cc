// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "measure/command_report.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

Json RowJson(const EnergyRow& row) {
  return {{"meter", row.meter},
          {"domain", row.domain},
          {"evidence", Name(row.evidence)},
          {"time_s", row.time.count()},
          {"energy_j", OrNull<Json>(row.energy)},
          {"power_w", OrNull<Json>(row.power())},
          {"net_energy_j", OrNull<Json>(row.net)},
          {"idle_power_w", OrNull<Json>(row.idle)},
          {"idle_basis", TextOrNull<Json>(row.idle_basis)},
          {"failure", TextOrNull<Json>(row.failure)},
          {"net_is_missing", TextOrNull<Json>(row.net_is_missing)},
          {"raw_start", OrNull<Json>(row.raw_start)},
          {"raw_end", OrNull<Json>(row.raw_end)}};
}

Json ConditionsJson(const Conditions& conditions) {
  return {{"load_average", OrNull<Json>(conditions.load_average)},
          {"cpu_temperature_c", OrNull<Json>(conditions.cpu_temperature_c)}};
}

void AddWindow(Json& json, const WindowReport& window) {
  json["before"] = ConditionsJson(window.before);
  json["after"] = ConditionsJson(window.after);
  json["domains"] = Json::array();
  for (std::size_t i = 0; i + 1 < window.rows.size(); ++i) {
    json["domains"].push_back(RowJson(window.rows[i]));
  }
  json["sum"] = RowJson(window.rows.back());
}

Json RunJson(const RunReport& run) {
  Json json = {{"exit_code", run.end.exit_code},
               {"signal", run.end.signal ? Json(SignalName(*run.end.signal)) : Json(nullptr)},
               {"time_s", run.time.count()},
               {"cpu_time_s", run.end.cpu_time.count()}};
  AddWindow(json, run);
  return json;
}

}  // namespace

std::string BlockJson(const BlockReport& report) {
  Json json = {{"host", report.host},
               {"software", report.software},
               {"started", report.started},
               {"meters", report.sources},
               {"time_s", report.window.time.count()}};
  AddWindow(json, report.window);
  json["notes"] = report.notes;
  return DumpJson(json);
}

std::string CommandJson(const CommandReport& report) {
  Json json = {{"command", report.words},
               {"host", report.host},
               {"software", report.software},
               {"started", report.started},
               {"meters", report.sources},
               {"exit_code", report.exit_code},
               {"interrupted_by", OrNull<Json>(report.interrupted_by)},
               {"runs", Json::array()},
               {"mean", nullptr},
               {"notes", report.notes}};
  for (const RunReport& run : report.runs) json["runs"].push_back(RunJson(run));
  if (const auto& repeats = report.repeats) {
    json["mean"] = {{"runs", repeats->runs},
                    {"energy_j", repeats->mean.value()},
                    {"relative_standard_error", OrNull<Json>(repeats->relative_standard_error)}};
  }
  // The command's words need not be UTF-8, and a report must not fail for that.
  return DumpJson(json);
}

}  // namespace joulecast
