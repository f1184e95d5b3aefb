// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>

namespace joulecast {

using Seconds = std::chrono::duration<double>;

/// An amount of energy.
class Joules {
 public:
  constexpr Joules() = default;
  constexpr explicit Joules(double value) : value_(value) {}

  /// The bare number of joules, for an edge that names the unit.
  constexpr double value() const { return value_; }

  constexpr Joules& operator+=(Joules other) {
    value_ += other.value_;
    return *this;
  }
  friend constexpr Joules operator+(Joules a, Joules b) { return Joules(a.value_ + b.value_); }
  friend constexpr Joules operator-(Joules a, Joules b) { return Joules(a.value_ - b.value_); }
  friend constexpr Joules operator*(double n, Joules e) { return Joules(n * e.value_); }
  friend constexpr double operator/(Joules a, Joules b) { return a.value_ / b.value_; }
  friend constexpr auto operator<=>(Joules, Joules) = default;

 private:
  double value_ = 0;
};

/// A mean power.
class Watts {
 public:
  constexpr Watts() = default;
  constexpr explicit Watts(double value) : value_(value) {}

  /// The bare number of watts, for an edge that names the unit.
  constexpr double value() const { return value_; }
  friend constexpr auto operator<=>(Watts, Watts) = default;

 private:
  double value_ = 0;
};

constexpr Watts operator/(Joules e, Seconds t) { return Watts(e.value() / t.count()); }
constexpr Joules operator*(Watts p, Seconds t) { return Joules(p.value() * t.count()); }

/// What CodeCarbon and the electricity meter count in.
constexpr Joules KilowattHours(double n) { return Joules(n * 3.6e6); }

}  // namespace joulecast
