// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "dataset/dataset.h"

namespace joulecast {

/// For tests: a folder of its own, removed at the end.
class DatasetFolderTest : public testing::Test {
 protected:
  DatasetFolderTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::path(testing::TempDir()) /
           (std::string(info->test_suite_name()) + "_" + info->name());
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  ~DatasetFolderTest() override { std::filesystem::remove_all(dir_); }

  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }

  static Device TestDevice() {
    return {.name = "testbox", .cpu = "Some CPU", .sockets = 1, .software = "none"};
  }

  /// A repetition of a linear layer that took 10 calls in 2 seconds.
  static Measurement TestMeasurement(const std::string& key, double energy_j) {
    Measurement m;
    m.key = key;
    m.source = "test";
    m.device = "testbox";
    m.origin = "random";
    m.spec = "linear batch=2 in=3 out=4 dtype=f32";
    m.batch = 2;
    m.passes = 10;
    m.energy = Joules(energy_j);
    m.time = Seconds(2);
    m.meter = "fake";
    return m;
  }

  std::filesystem::path dir_;
};

}  // namespace joulecast
