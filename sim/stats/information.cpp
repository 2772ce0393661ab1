#include "rollcast/stats/information.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "rollcast/base/assertion.hpp"
#include "rollcast/stats/mean.hpp"

namespace rollcast::stats {
namespace {

constexpr std::size_t kFolds = 10;
/// Values that get a constant each; more are taken for a range.
constexpr std::uint32_t kMostLevels = 12;
/// Runs for each coefficient of a rule that looks at products of inputs as well.
constexpr std::size_t kRunsForEach = 10;

/// Legendre polynomials P1 … P`degree` at 2u - 1.
void add_polynomials(double u, int degree, std::vector<double>& row) {
  const double x = 2 * u - 1;
  double before = 1.0, now = x;
  for (int n = 1; n <= degree; ++n) {
    row.push_back(now);
    const double next = ((2 * n + 1) * x * now - n * before) / (n + 1);
    before = now;
    now = next;
  }
}

/// An input, and the constants that its values get; 0: it is a range.
struct Known {
  std::size_t input = 0;
  std::uint32_t constants = 0;
};
std::vector<Known> known_of(const InformedRuns& runs, std::span<const std::size_t> inputs) {
  std::vector<Known> known;
  for (const std::size_t input : inputs) {
    const auto& levels = runs.levels[input];
    const std::uint32_t last = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
    known.push_back({input, last < kMostLevels ? last : 0});
  }
  return known;
}

/// What a rule may look at in one run.
std::vector<double> features(const InformedRuns& runs, const std::vector<Known>& inputs,
                             std::size_t run, bool products) {
  std::vector<double> row{1.0};
  for (const auto& [input, constants] : inputs) {
    for (std::uint32_t k = 1; k <= constants; ++k)
      row.push_back(k == runs.levels[input][run] ? 1.0 : 0.0);
    if (constants == 0) add_polynomials(runs.draws[input][run], inputs.size() == 1 ? 4 : 3, row);
  }
  for (std::size_t i = 0; products && i < inputs.size(); ++i)
    for (std::size_t j = i + 1; j < inputs.size(); ++j)
      row.push_back((2 * runs.draws[inputs[i].input][run] - 1) *
                    (2 * runs.draws[inputs[j].input][run] - 1));
  return row;
}

Eigen::MatrixXd matrix_of(const InformedRuns& runs, const std::vector<Known>& inputs) {
  const std::size_t count = runs.losses.front().size();
  const bool products = kRunsForEach * features(runs, inputs, 0, true).size() <= count;
  Eigen::MatrixXd matrix;
  for (std::size_t run = 0; run < count; ++run) {
    const std::vector<double> row = features(runs, inputs, run, products);
    if (run == 0)
      matrix.resize(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(row.size()));
    for (std::size_t k = 0; k < row.size(); ++k)
      matrix(static_cast<Eigen::Index>(run), static_cast<Eigen::Index>(k)) = row[k];
  }
  return matrix;
}

/// The option with the smallest entry; ties go to the first.
std::size_t smallest(const Eigen::RowVectorXd& losses) {
  Eigen::Index at = 0;
  losses.minCoeff(&at);
  return static_cast<std::size_t>(at);
}

/// What choosing by a rule saves in the runs of one fold, against the option that is the best
/// without knowledge; rule and option come from the other folds.
void value_fold(const InformedRuns& runs, const Eigen::MatrixXd& all, const Eigen::MatrixXd& losses,
                std::size_t fold, std::vector<double>& saved) {
  std::vector<Eigen::Index> inside, outside;
  for (Eigen::Index run = 0; run < all.rows(); ++run)
    (static_cast<std::size_t>(run) % kFolds == fold ? inside : outside).push_back(run);
  const Eigen::MatrixXd known = all(outside, Eigen::all);
  const Eigen::MatrixXd lost = losses(outside, Eigen::all);
  const Eigen::MatrixXd rule = known.colPivHouseholderQr().solve(lost);
  const std::size_t blind = smallest(lost.colwise().mean());
  for (const Eigen::Index run : inside) {
    const std::size_t informed = smallest(all.row(run) * rule);
    const auto at = static_cast<std::size_t>(run);
    saved[at] = runs.losses[blind][at] - runs.losses[informed][at];
  }
}

}  // namespace

std::optional<Worth> worth_of_knowing(const InformedRuns& runs,
                                      std::span<const std::size_t> inputs) {
  if (runs.losses.size() < 2) return std::nullopt;
  const std::size_t count = runs.losses.front().size();
  ROLLCAST_ASSERT(count >= 200 && !inputs.empty(), "{} runs, {} inputs", count, inputs.size());
  Eigen::MatrixXd losses(static_cast<Eigen::Index>(count),
                         static_cast<Eigen::Index>(runs.losses.size()));
  for (std::size_t option = 0; option < runs.losses.size(); ++option)
    for (std::size_t run = 0; run < count; ++run) {
      if (!std::isfinite(runs.losses[option][run])) return std::nullopt;
      losses(static_cast<Eigen::Index>(run), static_cast<Eigen::Index>(option)) =
          runs.losses[option][run];
    }
  const Eigen::MatrixXd all = matrix_of(runs, known_of(runs, inputs));
  std::vector<double> saved(count, 0.0);
  for (std::size_t fold = 0; fold < kFolds; ++fold) value_fold(runs, all, losses, fold, saved);
  const MeanEstimate mean = estimate_mean(saved);
  return Worth{mean.mean, *mean.interval};
}

}  // namespace rollcast::stats
