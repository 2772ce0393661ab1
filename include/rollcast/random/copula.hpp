#pragma once
/// Numbers that go together: a Gaussian copula over uniform numbers.
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace rollcast::random {

/// The correlation of two normal variables whose ranks correlate by `spearman`: 2 sin(π ρ / 6), or
/// by `kendall`: sin(π τ / 2) (Kruskal 1958). REQUIRES -1 <= argument <= 1.
[[nodiscard]] double normal_correlation_of_spearman(double spearman);
[[nodiscard]] double normal_correlation_of_kendall(double kendall);
/// The other way round.
[[nodiscard]] double spearman_of_normal_correlation(double correlation);
[[nodiscard]] double kendall_of_normal_correlation(double correlation);

/// Of the normal variables behind two of the numbers, by position.
struct Correlation {
  std::size_t first = 0, second = 0;
  double normal = 0.0;
};

/// What `third` may be, so that normal variables with the correlations ab, ac and bc = `third`
/// exist: strictly between the two numbers. REQUIRES -1 < ab, ac < 1.
[[nodiscard]] std::pair<double, double> possible_third(double ab, double ac);

/// Makes independent uniform numbers go together, each uniform by itself as before. A pair that is
/// not named is independent given nothing else; a number without any correlation stays as it is,
/// and so does the first of those that go together.
class GaussianCopula {
 public:
  GaussianCopula() = default;  ///< all independent
  /// Nothing when no normal variables have these correlations: their matrix is not positive
  /// definite. REQUIRES first != second < size, each pair once, -1 < normal < 1.
  [[nodiscard]] static std::optional<GaussianCopula> of(
      std::size_t size, const std::vector<Correlation>& correlations);

  /// Mirrored numbers (1 - u) become mirrored numbers, and points that fill the cube evenly fill it
  /// evenly by what they have become. REQUIRES `size` numbers in (0, 1).
  void correlate(std::vector<double>& uniforms) const;

 private:
  /// Of a number that depends on earlier ones: its row of the matrix's Cholesky factor, as pairs of
  /// position and weight, the last one its own.
  struct Row {
    std::size_t number = 0;
    std::vector<std::pair<std::size_t, double>> weights;
  };
  std::vector<Row> rows_;
};

}  // namespace rollcast::random
