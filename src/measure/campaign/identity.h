// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "backends/backend.h"
#include "dataset/dataset.h"
#include "measure/campaign/collect.h"

namespace joulecast {

/// This machine as a row of a dataset: what a layer's cost rests on, and nothing that changes from
/// day to day. Its facts have the sizes of the caches and the vector instructions, so that a fit
/// elsewhere knows them. `name` stands for the hardware's own if it is not empty.
Device DescribeDevice(const BackendDescription& backend, const std::string& name,
                      const std::filesystem::path& root = "/");

/// This go of a campaign: host, kernel, microcode, meters, shard, program.
CampaignRun DescribeRun(const Campaign& campaign, const Shard& shard, MeterSet meters,
                        const std::string& software, const std::filesystem::path& root = "/");

}  // namespace joulecast
