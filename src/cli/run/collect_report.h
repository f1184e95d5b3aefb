// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "measure/campaign/collect.h"
#include "measure/campaign/duration.h"

namespace joulecast {

/// "1:02:03", "15:00".
std::string ClockText(Seconds time);

/// One line: how far, how long still, joules spent, what is measured now.
std::string ProgressText(const CampaignProgress& progress);

std::string ReportText(const CollectReport& report, const std::string& dataset);
std::string ReportJson(const CollectReport& report, const std::string& dataset);
std::string ReportHtml(const CollectReport& report, const std::string& dataset);

std::string DryRunText(const Plan& plan, const Duration& duration);
std::string DryRunJson(const Plan& plan, const Duration& duration);

}  // namespace joulecast
