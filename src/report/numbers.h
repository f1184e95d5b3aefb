// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "joulecast/units.h"

namespace joulecast {

/// Three significant digits with a unit prefix: "12.3 mJ", "4.56 kJ", "0 J".
std::string Human(Joules energy);
std::string Human(Seconds time);
std::string Human(Watts power);

/// An amount of a unit that takes prefixes up to kilo: "12.3 mg", "4.56 kg", "1230 kg".
std::string HumanAmount(double value, std::string_view unit);

/// A count with a prefix: "15.5 G", "138 M", "512".
std::string HumanCount(double count);

/// "15.5 GMACs", "512 MACs".
std::string HumanMacs(double macs);

/// "4.2 %"; "<0.1 %" for small shares that are not 0.
std::string HumanShare(double share);

/// Half the width of an interval in percent of its middle, from the larger side: "7 %". At most
/// ">999 %", which says as much as a number would.
std::string HumanSpread(Joules middle, Joules high);

/// For tables of scores: so many digits behind the point; "-" for what is absent.
std::string Fixed(const std::optional<double>& value, int digits);

/// "2.779e-05"; "-" for what is absent.
std::string Scientific(const std::optional<double>& value);

}  // namespace joulecast
