#pragma once
/// What fits of times and of counts say alike.
#include <optional>
#include <string>
#include <vector>

namespace rollcast::report {

/// A fit in a scenario's words, and what its test says.
struct Judged {
  std::string text;
  std::optional<double> p_value;
};

/// Which fit is the best, the first, and what the test has against it; `empirical` is the way out
/// where it speaks against all, or empty.
[[nodiscard]] std::string best_sentence(const std::vector<Judged>& fits,
                                        const std::string& empirical);
/// "0.34", "–" without a test.
[[nodiscard]] std::string p_text(const std::optional<double>& p_value);
/// Four significant digits.
[[nodiscard]] std::string four(double value);

}  // namespace rollcast::report
