// SPDX-License-Identifier: Apache-2.0
// A device profile, and the forecasts made with it.
#include "joulecast/profile.h"

#include <vector>

#include "fuzz/target.h"
#include "joulecast/layer.h"
#include "joulecast/predict.h"
#include "joulecast/report.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) {
  const Profile profile = ParseProfile(input, "profile.json");
  const std::string written = WriteProfile(profile);
  Promise(WriteProfile(ParseProfile(written, "written.json")) == written,
          "what is written is read the same");
  DevicesText({&profile, 1});
  const Predictor predictor(profile);
  for (const LayerType* type : LayerCatalog()) {
    const LayerSpec spec = LayerSpec::Parse(type->example);
    Try([&] { predictor.Forecast(spec); });
    Try([&] { predictor.Explain(spec); });
  }
}

}  // namespace joulecast::fuzz
