// SPDX-License-Identifier: Apache-2.0
#include "fit/polynomial.h"

#include <gmock/gmock.h>

namespace joulecast {
namespace {

using testing::ElementsAre;

TEST(PolynomialTest, OrderIsScikitLearns) {
  // PolynomialFeatures(2) of a, b, c: a b c a2 ab ac b2 bc c2
  const PolynomialTerms all(3, 2, Products::kAll);
  EXPECT_EQ(all.terms().size(), 9u);
  EXPECT_THAT(all.terms()[3], ElementsAre(0, 0));
  EXPECT_THAT(all.terms()[7], ElementsAre(1, 2));
  const PolynomialTerms interactions(3, 3, Products::kInteractions);
  EXPECT_EQ(interactions.terms().size(), 7u);
  EXPECT_THAT(interactions.terms().back(), ElementsAre(0, 1, 2));
}

TEST(PolynomialTest, MultipliesColumns) {
  const Eigen::MatrixXd x{{2, 3}, {5, 7}};
  const Eigen::MatrixXd expected{{2, 3, 4, 6, 9}, {5, 7, 25, 35, 49}};
  EXPECT_EQ(PolynomialTerms(2, 2, Products::kAll).Expand(x), expected);
}

}  // namespace
}  // namespace joulecast
