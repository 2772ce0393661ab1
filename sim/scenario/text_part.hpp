#pragma once
/// Parts of a text that is read piece by piece, with their places, for exact diagnostics.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/random/distribution.hpp"
#include "rollcast/scenario/distributions.hpp"

namespace rollcast::scenario {

using Reading = tl::expected<random::Distribution, TextError>;

/// A part of the text that is read, and where it stands in it.
struct Part {
  std::string_view text;
  std::size_t offset = 0;

  [[nodiscard]] Part trimmed() const {
    const std::string_view inner = trim(text);
    return {inner, offset + static_cast<std::size_t>(inner.data() - text.data())};
  }
  [[nodiscard]] Part sub(std::size_t from, std::size_t count = std::string_view::npos) const {
    return Part{text.substr(from, count), offset + from}.trimmed();
  }
};

inline tl::unexpected<TextError> wrong(const Part& part, std::string message,
                                       std::string cure = {}) {
  return tl::make_unexpected(
      TextError{part.offset, part.text.size(), std::move(message), std::move(cure)});
}

template <class T>
tl::expected<T, TextError> moved(tl::expected<T, TextError> result, const Part& part) {
  if (!result) result.error().offset += part.offset;
  return result;
}

/// One value of the quantity with its unit.
inline tl::expected<double, TextError> read_quantity(std::string_view text, Quantity quantity) {
  switch (quantity) {
    case Quantity::elapsed:
      return parse_elapsed(text);
    case Quantity::effort:
      return parse_effort(text);
    case Quantity::share:
      return parse_share(text);
    case Quantity::count:
      break;
  }
  auto number = parse_number(text);
  if (number && *number < 0.0)
    return tl::make_unexpected(TextError{
        0, text.size(), fmt::format("`{}` is negative; a count is at least 0", text), ""});
  return number;
}

/// `arguments` of empirical(...): a measured column of a table.
[[nodiscard]] Reading read_empirical(const Part& part, const std::vector<Part>& arguments,
                                     Quantity quantity, const TableLookup& tables);

/// `name(arguments)`, where the name is that of a distribution of whole numbers; else nothing.
[[nodiscard]] std::optional<Reading> read_count_form(const Part& part, std::string_view name,
                                                     const std::vector<Part>& arguments);
/// The names that it knows.
[[nodiscard]] std::vector<std::string> count_form_names();

}  // namespace rollcast::scenario
