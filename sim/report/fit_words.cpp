#include "fit_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

/// Below it a test speaks against a family.
constexpr double kRejected = 0.05;

}  // namespace

std::string four(double value) {
  return fmt::format("{:.4g}", value);
}

std::string p_text(const std::optional<double>& p_value) {
  return p_value ? human_number(*p_value, 2) : "–";
}

std::string best_sentence(const std::vector<Judged>& fits, const std::string& empirical) {
  const auto& [best, p_value] = fits.front();
  std::string text = fmt::format("Best by BIC: {}.", best);
  if (!p_value) return text;
  if (*p_value >= kRejected)
    return text + fmt::format(" The test has nothing against it (p = {}).", p_text(p_value));
  const bool other = std::any_of(fits.begin(), fits.end(), [](const Judged& fit) {
    return fit.p_value && *fit.p_value >= kRejected;
  });
  if (other)
    return text + fmt::format(" The test speaks against it (p = {}), but not against all.",
                              p_text(p_value));
  text += fmt::format(" The test speaks against it, and against every worse one (p = {}).",
                      p_text(p_value));
  if (!empirical.empty()) text += " Take the measurements as they are: " + empirical;
  return text;
}

}  // namespace rollcast::report
