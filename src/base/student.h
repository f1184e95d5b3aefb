// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace joulecast {

/// How many standard deviations, estimated with so many degrees of freedom (at least 1), hold 90 %
/// of what they are of: Student's t at 0.95; 1.645 of many.
double StudentHalfWidth90(double degrees);

}  // namespace joulecast
