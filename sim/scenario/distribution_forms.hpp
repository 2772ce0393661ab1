#pragma once
/// The distributions that a scenario names like functions: `normal(mean 4 min, sd 30 s)`.
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "text_part.hpp"

namespace rollcast::scenario {

/// How a function may be called.
struct Form {
  std::string_view name;
  std::array<std::string_view, 3>
      parameters;  ///< in the order in which they may stand without names
  bool positional = false;
  std::string_view elapsed_example;
  std::string_view effort_example;
};

[[nodiscard]] std::span<const Form> distribution_forms();
/// What a form demands of its numbers, told in the words of the text; nothing when it has it.
[[nodiscard]] std::optional<TextError> check_numbers(const Form& form,
                                                     const std::vector<Part>& values,
                                                     const std::vector<double>& numbers);
/// REQUIRES numbers that pass the check.
[[nodiscard]] random::Distribution::Result distribution_of(const Form& form,
                                                           const std::vector<double>& numbers);

}  // namespace rollcast::scenario
