/// Distributions of whole numbers: poisson(mean 4), negative binomial(mean 4, size 0.5, from 1).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "rollcast/random/counts.hpp"
#include "text_part.hpp"

namespace rollcast::scenario {
namespace {

/// How a family may be called; all may begin at another value than 0.
struct CountForm {
  std::string_view name;
  std::string_view second;  ///< its parameter beside the mean; empty when it has none
  std::string_view example;
};
constexpr std::array<CountForm, 4> kCountForms{{
    {"poisson", "", "poisson(mean 4)"},
    {"geometric", "", "geometric(mean 4, from 1)"},
    {"negative binomial", "size", "negative binomial(mean 4, size 0.5, from 1)"},
    {"binomial", "trials", "binomial(mean 4, trials 12)"},
}};

struct CountNumbers {
  std::optional<double> mean, second, from;
};

/// A whole number that a table of counts can begin at, or trials that it can have.
tl::expected<double, TextError> whole(const Part& part) {
  auto number = moved(parse_number(part.text), part);
  constexpr double kMost = 1e9;
  if (number && (*number < 0 || *number > kMost || *number != std::floor(*number)))
    return wrong(part, fmt::format("`{}` is no whole number of at least 0", part.text));
  return number;
}

/// "mean 4", "4", "from 1".
std::optional<TextError> read_argument(const CountForm& form, const Part& argument,
                                       CountNumbers& numbers) {
  const std::size_t end = std::min(argument.text.find(' '), argument.text.size());
  const bool named = argument.text.find_first_of("0123456789.+-") != 0;
  const std::string_view name = named ? argument.text.substr(0, end) : "mean";
  const Part value = named ? argument.sub(end) : argument;
  const auto unknown = [&] {
    std::vector<std::string> names{"mean"};
    if (!form.second.empty()) names.emplace_back(form.second);
    names.emplace_back("from");
    return wrong(argument, fmt::format("`{}` has no parameter `{}`", form.name, name),
                 suggestion(name, names,
                            fmt::format("its parameters are {}", join_words(names, "and"))))
        .value();
  };
  std::optional<double>* place = nullptr;
  if (name == "mean") place = &numbers.mean;
  if (name == "from") place = &numbers.from;
  if (!form.second.empty() && name == form.second) place = &numbers.second;
  if (place == nullptr) return unknown();
  if (*place)
    return wrong(argument, fmt::format("the {} is given twice", name), "remove one of them")
        .value();
  const bool is_whole = name == "from" || name == "trials";
  const auto number = is_whole ? whole(value) : moved(parse_number(value.text), value);
  if (!number) return number.error();
  *place = *number;
  return std::nullopt;
}

random::Distribution::Result made(const CountForm& form, const CountNumbers& numbers) {
  const auto from = static_cast<std::uint64_t>(numbers.from.value_or(0.0));
  if (form.name == "poisson") return random::poisson(*numbers.mean, from);
  if (form.name == "geometric") return random::geometric(*numbers.mean, from);
  if (form.name == "binomial")
    return random::binomial(*numbers.mean, static_cast<std::uint64_t>(*numbers.second), from);
  return random::negative_binomial(*numbers.mean, *numbers.second, from);
}

}  // namespace

std::vector<std::string> count_form_names() {
  std::vector<std::string> names;
  for (const CountForm& form : kCountForms) names.emplace_back(form.name);
  return names;
}

std::optional<Reading> read_count_form(const Part& part, std::string_view name,
                                       const std::vector<Part>& arguments) {
  const auto form = std::find_if(kCountForms.begin(), kCountForms.end(),
                                 [&](const CountForm& one) { return one.name == name; });
  if (form == kCountForms.end()) return std::nullopt;
  CountNumbers numbers;
  for (const Part& argument : arguments)
    if (auto problem = read_argument(*form, argument, numbers))
      return tl::make_unexpected(std::move(*problem));
  if (!numbers.mean || (!form->second.empty() && !numbers.second))
    return wrong(part, fmt::format("`{}` is not given by these parameters", name),
                 fmt::format("write it as in `{}`", form->example));
  auto distribution = made(*form, numbers);
  if (!distribution) return wrong(part, std::move(distribution.error()));
  return std::move(*distribution);
}

}  // namespace rollcast::scenario
