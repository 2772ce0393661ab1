#include "rollcast/random/copula.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "rollcast/base/assertion.hpp"

namespace rollcast::random {
namespace {

constexpr double kPi = boost::math::constants::pi<double>();
/// Smaller eigenvalues are those of a matrix that is singular but for rounding.
constexpr double kSingular = 1e-9;

/// The correlations among those numbers that have any.
struct Correlated {
  std::vector<std::size_t> numbers;  ///< ascending
  Eigen::MatrixXd matrix;
};
Correlated correlated(std::size_t size, const std::vector<Correlation>& correlations) {
  Correlated result;
  for (const Correlation& one : correlations) {
    ROLLCAST_ASSERT(one.first < size && one.second < size && one.first != one.second &&
                        std::abs(one.normal) < 1,
                    "numbers {} and {} of {} correlate by {}", one.first, one.second, size,
                    one.normal);
    result.numbers.push_back(one.first);
    result.numbers.push_back(one.second);
  }
  std::sort(result.numbers.begin(), result.numbers.end());
  const auto end = std::unique(result.numbers.begin(), result.numbers.end());
  result.numbers.erase(end, result.numbers.end());
  const auto place = [&](std::size_t number) {
    return std::lower_bound(result.numbers.begin(), result.numbers.end(), number) -
           result.numbers.begin();
  };
  const auto n = static_cast<Eigen::Index>(result.numbers.size());
  result.matrix = Eigen::MatrixXd::Identity(n, n);
  for (const Correlation& one : correlations) {
    const Eigen::Index i = place(one.first), j = place(one.second);
    result.matrix(i, j) = result.matrix(j, i) = one.normal;
  }
  return result;
}

double least_eigenvalue(const Eigen::MatrixXd& matrix) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix, Eigen::EigenvaluesOnly);
  return solver.eigenvalues().minCoeff();
}

}  // namespace

double normal_correlation_of_spearman(double spearman) {
  return 2 * std::sin(kPi * spearman / 6);
}
double normal_correlation_of_kendall(double kendall) {
  return std::sin(kPi * kendall / 2);
}
double spearman_of_normal_correlation(double correlation) {
  return 6 / kPi * std::asin(correlation / 2);
}
double kendall_of_normal_correlation(double correlation) {
  return 2 / kPi * std::asin(correlation);
}

std::pair<double, double> possible_third(double ab, double ac) {
  const double middle = ab * ac, room = std::sqrt((1 - ab * ab) * (1 - ac * ac));
  return {middle - room, middle + room};
}

std::optional<GaussianCopula> GaussianCopula::of(std::size_t size,
                                                 const std::vector<Correlation>& correlations) {
  GaussianCopula copula;
  if (correlations.empty()) return copula;
  const auto [numbers, matrix] = correlated(size, correlations);
  if (!(least_eigenvalue(matrix) > kSingular)) return std::nullopt;
  const Eigen::MatrixXd factor = matrix.llt().matrixL();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Row row{numbers[i], {}};
    for (std::size_t j = 0; j <= i; ++j) {
      const double weight = factor(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      if (weight != 0) row.weights.emplace_back(numbers[j], weight);
    }
    if (row.weights.size() > 1) copula.rows_.push_back(std::move(row));
  }
  return copula;
}

void GaussianCopula::correlate(std::vector<double>& uniforms) const {
  if (rows_.empty()) return;
  const boost::math::normal standard;
  const std::vector<double> independent = uniforms;
  for (const Row& row : rows_) {
    double sum = 0.0;
    for (const auto& [number, weight] : row.weights)
      sum += weight * boost::math::quantile(standard, independent[number]);
    // Never the ends, where an input may have no value: 2^-53 is what rounding makes of them.
    uniforms[row.number] = std::clamp(boost::math::cdf(standard, sum), 0x1p-53, 1 - 0x1p-53);
  }
}

}  // namespace rollcast::random
