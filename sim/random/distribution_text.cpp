#include <fmt/format.h>

#include <cmath>

#include "rollcast/random/distribution.hpp"

namespace rollcast::random {
namespace {

/// Six significant digits: enough to recognise what was written.
std::string number(double value) {
  return fmt::format("{:.6g}", value);
}

}  // namespace

std::string Distribution::describe() const {
  const auto at = [this](double standard) { return number(shift_ + scale_ * standard); };
  const auto shifted_by = [this] {
    return shift_ == 0.0
               ? std::string{}
               : fmt::format(" {} {}", shift_ > 0 ? "plus" : "minus", number(std::fabs(shift_)));
  };
  std::string text;
  switch (kind_) {
    case Kind::constant:
      return number(shift_);
    case Kind::uniform:
      text = fmt::format("uniform from {} to {}", at(0.0), at(1.0));
      break;
    case Kind::triangular:
      text = fmt::format("triangular from {} to {}, most likely {}", at(0.0), at(1.0), at(a_));
      break;
    case Kind::beta:
      text =
          fmt::format("PERT from {} to {}, most likely {}", at(0.0), at(1.0), at((a_ - 1.0) / 4.0));
      break;
    case Kind::normal:
      text = fmt::format("normal, mean {}, standard deviation {}", number(shift_), number(scale_));
      break;
    case Kind::lognormal:
      text =
          fmt::format("lognormal, median {}, sigma {}{}", number(scale_), number(a_), shifted_by());
      break;
    case Kind::exponential:
      text = fmt::format("exponential, mean {}{}", number(scale_), shifted_by());
      break;
    case Kind::gamma:
      text = fmt::format("gamma, shape {}, scale {}{}", number(a_), number(scale_), shifted_by());
      break;
    case Kind::weibull:
      text = fmt::format("Weibull, shape {}, scale {}{}", number(a_), number(scale_), shifted_by());
      break;
    case Kind::discrete:
      return fmt::format("one of {} values from {} to {}", table_->values.size(),
                         number(table_->values.front()), number(table_->values.back()));
    case Kind::mixture: {
      double before = 0.0;
      for (std::size_t row = 0; row < table_->components.size(); ++row) {
        const double share = table_->cumulated[row] - before;
        before = table_->cumulated[row];
        text += fmt::format("{}{} %: {}", row > 0 ? "; " : "", number(100.0 * share),
                            table_->components[row].describe());
      }
      return text;
    }
  }
  if (lower_ > -kInfinity) text += fmt::format(", not below {}", at(lower_));
  if (upper_ < kInfinity) text += fmt::format(", not above {}", at(upper_));
  if (floor_ > -kInfinity) text += fmt::format(", at least {}", number(floor_));
  return text;
}

}  // namespace rollcast::random
