// SPDX-License-Identifier: Apache-2.0
// Twins against the formulas at the head of their layers' files, summed up term by term.
#include <ATen/ops/allclose.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "backends/torch/twin.h"
#include "layers/test_specs.h"

namespace joulecast {
namespace {

constexpr DType kDouble[] = {DType::kF64};
constexpr std::uint64_t kSeed = 5;

at::Tensor RunTwin(const LayerSpec& spec, const at::Tensor& x) {
  const TensorSource source(at::kCPU, kSeed);
  const Site site{.source = source, .output_shape = spec.OutputShape()};
  return TwinOf(spec.type()).make(spec, site)(std::span(&x, 1))[0];
}

at::Tensor OperandOf(const LayerSpec& spec) {
  const TensorSource source(at::kCPU, kSeed + 1);
  return source.Make(TwinOf(spec.type()).operands(spec)[0], TypeOf(spec));
}

/// A contiguous tensor of doubles by its indices.
class Numbers {
 public:
  explicit Numbers(const at::Tensor& tensor) : tensor_(tensor.contiguous()) {}
  double& operator()(std::int64_t a, std::int64_t b, std::int64_t c = 0, std::int64_t d = 0) const {
    const auto n = [&](std::int64_t axis) {
      return axis < tensor_.dim() ? tensor_.size(axis) : std::int64_t{1};
    };
    return tensor_.data_ptr<double>()[((a * n(1) + b) * n(2) + c) * n(3) + d];
  }

 private:
  at::Tensor tensor_;
};

/// A sliding window of any layer that has one.
struct Window {
  explicit Window(const LayerSpec& s) : spec(s) {}
  std::int64_t At(std::string_view param, std::size_t axis) const {
    return spec[spec.SlotOf(param) + axis];
  }
  /// Calls visit(image row, image column, kernel row, kernel column) for the taps of one position.
  template <typename Visit>
  void ForTaps(std::int64_t row, std::int64_t column, Visit visit) const {
    for (std::int64_t i = 0; i < At("kernel", 0); ++i) {
      for (std::int64_t j = 0; j < At("kernel", 1); ++j) {
        visit(row * At("stride", 0) - At("padding", 0) + i * At("dilation", 0),
              column * At("stride", 1) - At("padding", 1) + j * At("dilation", 1), i, j);
      }
    }
  }
  bool IsImage(std::int64_t row, std::int64_t column) const {
    return row >= 0 && row < At("image", 0) && column >= 0 && column < At("image", 1);
  }
  bool IsPadded(std::int64_t row, std::int64_t column) const {
    return row >= -At("padding", 0) && row < At("image", 0) + At("padding", 2) &&
           column >= -At("padding", 1) && column < At("image", 1) + At("padding", 3);
  }
  const LayerSpec& spec;
};

/// One number of the result per place: compute(b, c, row, column).
template <typename Compute>
at::Tensor Result(const LayerSpec& spec, Compute compute) {
  const Shape shape = spec.OutputShape();
  const at::Tensor result = at::zeros(shape, at::kDouble);
  const Numbers y(result);
  for (std::int64_t b = 0; b < shape[0]; ++b) {
    for (std::int64_t c = 0; c < shape[1]; ++c) {
      for (std::int64_t row = 0; row < shape[2]; ++row) {
        for (std::int64_t column = 0; column < shape[3]; ++column) {
          y(b, c, row, column) = compute(b, c, row, column);
        }
      }
    }
  }
  return result;
}

template <typename Expected>
void CheckOnRandomSpecs(std::string_view type, Expected expected, int wanted = 60) {
  std::mt19937 random(17);
  int checked = 0;
  for (int i = 0; i < 4000 && checked < wanted; ++i) {
    const auto spec = RandomSpec(*FindLayerType(type), random, kDouble);
    if (!spec) continue;
    at::Tensor x;
    try {
      x = OperandOf(*spec);
    } catch (const Error&) {
      continue;  // no such operation in PyTorch
    }
    ++checked;
    // A window without any image averages nothing: not a number in both.
    ASSERT_TRUE(at::allclose(RunTwin(*spec, x), expected(*spec, x), 1e-9, 1e-12, true))
        << spec->ToString();
  }
  EXPECT_EQ(checked, wanted);
}

TEST(TwinValuesTest, LinearIsItsFormula) {
  CheckOnRandomSpecs("linear", [](const LayerSpec& s, const at::Tensor& x) {
    const TensorSource same(at::kCPU, kSeed);  // weights first, then the bias
    const std::int64_t in = s.Get("in");
    const Numbers w(same.Weights({s.Get("out"), in}, DType::kF64, in));
    const Numbers bias(same.Weights({s.Get("out")}, DType::kF64, in).unsqueeze(1));
    const at::Tensor result = at::zeros(s.OutputShape(), at::kDouble);
    const Numbers y(result);
    const Numbers from(x);
    for (std::int64_t b = 0; b < s.Get("batch"); ++b) {
      for (std::int64_t o = 0; o < s.Get("out"); ++o) {
        double sum = s.Get("bias") != 0 ? bias(o, 0) : 0;
        for (std::int64_t i = 0; i < in; ++i) sum += from(b, i) * w(o, i);
        y(b, o) = sum;
      }
    }
    return result;
  });
}

TEST(TwinValuesTest, ConvolutionIsItsFormulaWithGroupsDilationAndUnevenPadding) {
  CheckOnRandomSpecs("conv2d", [](const LayerSpec& s, const at::Tensor& input) {
    const TensorSource same(at::kCPU, kSeed);
    const Window window(s);
    const std::int64_t in = s.Get("in") / s.Get("groups");
    const std::int64_t out = s.Get("out") / s.Get("groups");
    const Shape shape = {s.Get("out"), in, window.At("kernel", 0), window.At("kernel", 1)};
    const std::int64_t fan_in = shape[1] * shape[2] * shape[3];
    const Numbers w(same.Weights(shape, DType::kF64, fan_in));
    const Numbers bias(same.Weights({s.Get("out"), 1}, DType::kF64, fan_in));
    const Numbers x(input);
    return Result(s, [&](auto b, auto o, auto row, auto column) {
      double sum = s.Get("bias") != 0 ? bias(o, 0) : 0;
      window.ForTaps(row, column, [&](auto at_row, auto at_column, auto i, auto j) {
        if (!window.IsImage(at_row, at_column)) return;
        for (std::int64_t c = 0; c < in; ++c) {
          sum += x(b, o / out * in + c, at_row, at_column) * w(o, c, i, j);
        }
      });
      return sum;
    });
  });
}

/// Coordinates of a place in a block of so many along each axis.
Shape CoordinatesOf(std::int64_t place, const Shape& extents) {
  Shape coordinates(extents.size());
  for (std::size_t axis = extents.size(); axis-- > 0;) {
    coordinates[axis] = place % extents[axis];
    place /= extents[axis];
  }
  return coordinates;
}

/// Convolutions over any number of axes, tap by tap: where each input element's product with each
/// weight goes.
class TapByTap {
 public:
  explicit TapByTap(const LayerSpec& s)
      : s_(s), transposed_(s.type().name.starts_with("convtranspose")), output_(s.OutputShape()) {}

  at::Tensor Result(const at::Tensor& input) const {
    const TensorSource same(at::kCPU, kSeed);
    const std::int64_t in = s_.Get("in");
    const std::int64_t out = s_.Get("out");
    const std::int64_t groups = s_.Get("groups");
    const Shape image(input.sizes().begin() + 2, input.sizes().end());
    Shape kernel;
    for (std::size_t axis = 0; axis < image.size(); ++axis) kernel.push_back(At("kernel", axis));
    Shape shape = {transposed_ ? in : out, (transposed_ ? out : in) / groups};
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    const std::int64_t taps = ElementCount(kernel);
    const std::int64_t fan_in = in / groups * taps;
    const at::Tensor weight = same.Weights(shape, DType::kF64, fan_in).view({shape[0], -1, taps});
    const at::Tensor bias = same.Weights({out}, DType::kF64, fan_in);
    const at::Tensor x = input.reshape({input.size(0), in, -1});
    at::Tensor result = at::zeros({input.size(0), out, PixelsOut()}, at::kDouble);
    const Numbers w(weight);
    const Numbers from(x);
    const Numbers y(result);
    for (std::int64_t pixel = 0; pixel < x.size(2); ++pixel) {
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const auto to = Target(CoordinatesOf(pixel, image), CoordinatesOf(tap, kernel));
        if (!to) continue;
        for (std::int64_t b = 0; b < x.size(0); ++b) {
          for (std::int64_t c = 0; c < in; ++c) {
            const std::int64_t group = c / (in / groups);
            for (std::int64_t o = 0; o < out / groups; ++o) {
              const std::int64_t channel = group * (out / groups) + o;
              y(b, channel, *to) +=
                  from(b, c, pixel) *
                  (transposed_ ? w(c, o, tap) : w(channel, c % (in / groups), tap));
            }
          }
        }
      }
    }
    if (s_.Get("bias") != 0) result.add_(bias.view({1, out, 1}));
    return result.view(output_);
  }

 private:
  std::int64_t At(std::string_view param, std::size_t axis) const {
    return s_[s_.SlotOf(param) + axis];
  }
  std::int64_t PixelsOut() const { return ElementCount(Shape(output_.begin() + 2, output_.end())); }

  /// The output pixel that a tap carries an input pixel to; nullopt if there is none.
  std::optional<std::int64_t> Target(const Shape& pixel, const Shape& tap) const {
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < pixel.size(); ++axis) {
      const std::int64_t reach = tap[axis] * At("dilation", axis);
      const std::int64_t stride = At("stride", axis);
      std::int64_t to = transposed_ ? pixel[axis] * stride + reach - At("padding", axis)
                                    : pixel[axis] + At("padding", axis) - reach;
      if (!transposed_ && to % stride != 0) return std::nullopt;
      if (!transposed_) to /= stride;
      if (to < 0 || to >= output_[axis + 2]) return std::nullopt;
      place = place * output_[axis + 2] + to;
    }
    return place;
  }

  const LayerSpec& s_;
  bool transposed_;
  Shape output_;
};

TEST(TwinValuesTest, ConvolutionsOverAnyAxesAreTheirTapsTransposedOrNot) {
  for (const char* type :
       {"conv1d", "conv3d", "convtranspose1d", "convtranspose2d", "convtranspose3d"}) {
    CheckOnRandomSpecs(
        type, [](const LayerSpec& s, const at::Tensor& x) { return TapByTap(s).Result(x); }, 12);
  }
}

TEST(TwinValuesTest, MaxPoolIsTheLargestTapOfTheImage) {
  CheckOnRandomSpecs("maxpool2d", [](const LayerSpec& s, const at::Tensor& input) {
    const Numbers x(input);
    const Window window(s);
    return Result(s, [&](auto b, auto c, auto row, auto column) {
      double largest = -std::numeric_limits<double>::infinity();
      window.ForTaps(row, column, [&](auto at_row, auto at_column, auto, auto) {
        if (window.IsImage(at_row, at_column)) {
          largest = std::max(largest, x(b, c, at_row, at_column));
        }
      });
      return largest;
    });
  });
}

TEST(TwinValuesTest, AveragePoolDividesByTheTapsThatCount) {
  CheckOnRandomSpecs("avgpool2d", [](const LayerSpec& s, const at::Tensor& input) {
    const Numbers x(input);
    const Window window(s);
    return Result(s, [&](auto b, auto c, auto row, auto column) {
      double sum = 0;
      int image = 0;
      int padded = 0;
      window.ForTaps(row, column, [&](auto at_row, auto at_column, auto, auto) {
        if (window.IsPadded(at_row, at_column)) ++padded;
        if (!window.IsImage(at_row, at_column)) return;
        ++image;
        sum += x(b, c, at_row, at_column);
      });
      return sum / (s.Get("include_pad") != 0 ? padded : image);
    });
  });
}

TEST(TwinValuesTest, AdaptiveAveragePoolIsTheMeanOfEachCell) {
  CheckOnRandomSpecs("adaptiveavgpool2d", [](const LayerSpec& s, const at::Tensor& input) {
    const Numbers x(input);
    const auto at = [&](std::string_view param, std::size_t axis) {
      return s[s.SlotOf(param) + axis];
    };
    // Cell i of n reaches from floor(i size / n) to ceil((i + 1) size / n): PyTorch's rule.
    const auto begin = [&](std::int64_t i, std::size_t axis) {
      return i * at("image", axis) / at("output", axis);
    };
    const auto end = [&](std::int64_t i, std::size_t axis) {
      return ((i + 1) * at("image", axis) + at("output", axis) - 1) / at("output", axis);
    };
    return Result(s, [&](auto b, auto c, auto row, auto column) {
      double sum = 0;
      int count = 0;
      for (std::int64_t i = begin(row, 0); i < end(row, 0); ++i) {
        for (std::int64_t j = begin(column, 1); j < end(column, 1); ++j) {
          sum += x(b, c, i, j);
          ++count;
        }
      }
      return sum / count;
    });
  });
}

/// Of operands that are drawn one after the other.
Tensors RunOnOperands(const LayerSpec& spec, Tensors& operands) {
  const TensorSource source(at::kCPU, kSeed);
  for (const Operand& operand : TwinOf(spec.type()).operands(spec)) {
    operands.push_back(source.Make(operand, TypeOf(spec)));
  }
  const Site site{.source = source, .output_shape = spec.OutputShape()};
  return TwinOf(spec.type()).make(spec, site)(operands);
}

TEST(TwinValuesTest, AttentionWeighsTheValuesOfTheSharedHead) {
  const auto spec = LayerSpec::Parse(
      "attention batch=2 heads=6 kv_heads=2 queries=3 keys=4 dim=5 value_dim=7 mask=12 dtype=f64");
  Tensors operands;
  const at::Tensor result = RunOnOperands(spec, operands)[0];
  const Numbers q(operands[0]);
  const Numbers k(operands[1]);
  const Numbers v(operands[2]);
  const Numbers mask(operands[3]);
  const Numbers y(result);
  for (std::int64_t b = 0; b < 2; ++b) {
    for (std::int64_t h = 0; h < 6; ++h) {
      for (std::int64_t i = 0; i < 3; ++i) {
        double total = 0;
        double weighed = 0;  // of the last number of each value
        for (std::int64_t j = 0; j < 4; ++j) {
          double score = 0;
          for (std::int64_t d = 0; d < 5; ++d) score += q(b, h, i, d) * k(b, h / 3, j, d);
          const double share = std::exp(score / std::sqrt(5.0) + mask(i, j));
          total += share;
          weighed += share * v(b, h / 3, j, 6);
        }
        EXPECT_NEAR(y(b, h, i, 6), weighed / total, 1e-12);
      }
    }
  }
}

TEST(TwinValuesTest, NormalisationsDivideByTheDeviationOfEachRow) {
  for (const std::string type : {"layernorm", "groupnorm", "instancenorm", "rmsnorm"}) {
    const auto spec = LayerSpec::Parse(type + " batch=2 rows=3 length=4 weights=6 dtype=f64");
    Tensors operands;
    const Numbers y(RunOnOperands(spec, operands)[0]);
    const Numbers x(operands[0]);
    for (std::int64_t b = 0; b < 2; ++b) {
      for (std::int64_t r = 0; r < 3; ++r) {
        double mean = 0;
        double square = 0;
        for (std::int64_t l = 0; l < 4; ++l) {
          mean += x(b, r, l) / 4;
          square += x(b, r, l) * x(b, r, l) / 4;
        }
        if (type == "rmsnorm") mean = 0;
        const double deviation = std::sqrt(square - mean * mean);
        for (std::int64_t l = 0; l < 4; ++l) {
          EXPECT_NEAR(y(b, r, l), (x(b, r, l) - mean) / deviation, 2e-3) << type;
        }
      }
    }
  }
}

}  // namespace
}  // namespace joulecast
