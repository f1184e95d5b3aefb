// SPDX-License-Identifier: Apache-2.0
#include "fit/term_fit.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace joulecast {
namespace {

constexpr Term kSerial[] = {{"macs", "gmac", Part::kArithmetic},
                            {"bytes", "gb", Part::kInput},
                            {"call", "call", Part::kOverhead}};
constexpr Term kOverlapping[] = {{"macs", "gmac", Part::kArithmetic, Overlap::kCompute},
                                 {"bytes", "gb", Part::kInput, Overlap::kTraffic},
                                 {"call", "call", Part::kOverhead}};

constexpr std::array kPlanted = {2.0, 3.0, 0.5};

/// Rows of amounts over three decades whose costs follow kPlanted and the overlap exponent.
TermRows PlantedRows(std::span<const Term> terms, double exponent, Eigen::Index count = 200) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> decade(-1.5, 1.5);
  TermRows rows{Eigen::MatrixXd(count, 3), Eigen::VectorXd(count), Eigen::VectorXd::Ones(count)};
  for (Eigen::Index i = 0; i < count; ++i) {
    rows.amounts.row(i) << std::pow(10, decade(random)), std::pow(10, decade(random)), 1;
  }
  const TermModel planted{{kPlanted.begin(), kPlanted.end()}, exponent};
  rows.target = TermCosts(terms, planted, rows.amounts).rowwise().sum();
  return rows;
}

void ExpectPlanted(const TermModel& model, double share) {
  ASSERT_EQ(model.coefficients.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(model.coefficients[i] / kPlanted[i], 1, share) << i;
  }
}

TEST(TermFitTest, CostsByHand) {
  Eigen::MatrixXd amounts(1, 3);
  amounts << 3, 4, 1;
  const TermModel plain{{1, 1, 10}, 1};
  EXPECT_EQ(TermCosts(kOverlapping, plain, amounts),
            (Eigen::MatrixXd(1, 3) << 3, 4, 10).finished());
  // sqrt(3^2 + 4^2) = 5, of which 9 / 5 and 16 / 5.
  const TermModel overlapping{{1, 1, 10}, 2};
  const Eigen::MatrixXd costs = TermCosts(kOverlapping, overlapping, amounts);
  EXPECT_NEAR(costs(0, 0), 1.8, 1e-12);
  EXPECT_NEAR(costs(0, 1), 3.2, 1e-12);
  EXPECT_NEAR(costs(0, 2), 10, 1e-12);
}

TEST(TermFitTest, ExactRowsGiveTheirCoefficientsBack) {
  ExpectPlanted(FitTerms(kSerial, PlantedRows(kSerial, 1), 1), 1e-9);
}

TEST(TermFitTest, NoiseAndGrossOutliersBendLittle) {
  TermRows rows = PlantedRows(kSerial, 1);
  std::mt19937 random(13);
  std::normal_distribution<double> noise(1, 0.02);
  for (Eigen::Index i = 0; i < rows.count(); ++i) {
    rows.target[i] *= noise(random);
    if (i % 20 == 0) rows.target[i] *= 5;  // one in twenty is five times too high
  }
  ExpectPlanted(FitTerms(kSerial, rows, 1), 0.02);
}

TEST(TermFitTest, OverlappingTermsGiveTheirCoefficientsBack) {
  for (const double exponent : {1.4, 2.0}) {
    const TermRows rows = PlantedRows(kOverlapping, exponent);
    ExpectPlanted(FitTerms(kOverlapping, rows, exponent), 0.02);
  }
}

TEST(TermFitTest, OnlyTheRightExponentFits) {
  const TermRows rows = PlantedRows(kOverlapping, 1.6);
  const auto error = [&](double exponent) {
    const TermModel model = FitTerms(kOverlapping, rows, exponent);
    const Eigen::VectorXd forecast = TermCosts(kOverlapping, model, rows.amounts).rowwise().sum();
    return (forecast.array() / rows.target.array() - 1).abs().mean();
  };
  EXPECT_LT(error(1.6), 0.1 * error(1.0));
  EXPECT_LT(error(1.6), 0.1 * error(2.0));
}

TEST(TermFitTest, AnAbsentTermCostsNothing) {
  TermRows rows = PlantedRows(kSerial, 1);
  rows.target -= 3 * rows.amounts.col(1);
  rows.amounts.col(1).setZero();
  const TermModel model = FitTerms(kSerial, rows, 1);
  EXPECT_NEAR(model.coefficients[0], 2, 1e-9);
  EXPECT_EQ(model.coefficients[1], 0);
  EXPECT_NEAR(model.coefficients[2], 0.5, 1e-9);
  EXPECT_EQ(FitTerms(kOverlapping, rows, 2).coefficients[1], 0);
}

TEST(TermFitTest, AnIrrelevantTermCostsNothing) {
  TermRows rows = PlantedRows(kSerial, 1);
  rows.target -= 3 * rows.amounts.col(1);
  EXPECT_NEAR(FitTerms(kSerial, rows, 1).coefficients[1], 0, 1e-9);
}

TEST(TermFitTest, CollinearTermsShareTheirCost) {
  TermRows rows = PlantedRows(kSerial, 1);
  rows.target += 7 * rows.amounts.col(0) - 3 * rows.amounts.col(1);
  rows.amounts.col(1) = rows.amounts.col(0);  // target: (2 + 7) x macs + 0.5
  const TermModel model = FitTerms(kSerial, rows, 1);
  EXPECT_NEAR(model.coefficients[0] + model.coefficients[1], 9, 1e-6);
  EXPECT_NEAR(model.coefficients[2], 0.5, 1e-6);
}

TEST(TermFitTest, RowsWithoutWeightTeachNothing) {
  TermRows rows = PlantedRows(kSerial, 1);
  for (Eigen::Index i = 0; i < 40; ++i) {
    rows.target[i] *= 100;
    rows.weight[i] = 0;
  }
  ExpectPlanted(FitTerms(kSerial, rows, 1), 1e-6);
}

TEST(TermFitTest, TheUnitOfTheTargetOnlyScales) {
  TermRows rows = PlantedRows(kSerial, 1);
  rows.target *= 1e-12;
  TermModel model = FitTerms(kSerial, rows, 1);
  for (double& each : model.coefficients) each *= 1e12;
  ExpectPlanted(model, 1e-6);
}

TEST(TermFitTest, SubsetTakesTheRowsAsked) {
  TermRows rows = PlantedRows(kSerial, 1, 5);
  rows.weight[3] = 7;
  const TermRows two = rows.Subset({3, 0});
  EXPECT_EQ(two.count(), 2);
  EXPECT_EQ(two.target[0], rows.target[3]);
  EXPECT_EQ(two.weight[0], 7);
  EXPECT_EQ(two.amounts.row(1), rows.amounts.row(0));
}

}  // namespace
}  // namespace joulecast
