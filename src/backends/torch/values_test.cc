// SPDX-License-Identifier: Apache-2.0
// Twins against the formulas at the head of their layers' files, summed up term by term.
#include <ATen/ops/allclose.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

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
void CheckOnRandomSpecs(std::string_view type, Expected expected) {
  std::mt19937 random(17);
  int checked = 0;
  for (int i = 0; i < 4000 && checked < 60; ++i) {
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
  EXPECT_EQ(checked, 60);
}

TEST(TwinValuesTest, LinearIsItsFormula) {
  CheckOnRandomSpecs("linear", [](const LayerSpec& s, const at::Tensor& x) {
    const TensorSource same(at::kCPU, kSeed);  // weights first, then the bias
    const std::int64_t in = s.Get("in");
    const Numbers w(same.Weights({s.Get("out"), in}, DType::kF64, in));
    const Numbers bias(same.Weights({s.Get("out"), 1}, DType::kF64, in));
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

}  // namespace
}  // namespace joulecast
