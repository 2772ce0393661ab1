#pragma once
/// Assertions that stay on in every build. A broken invariant is a defect of rollcast, never of its
/// input.
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace rollcast {

/// A broken invariant: message with the expression, the place, and the values that were given.
class InvariantError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace detail {

[[noreturn]] void throw_invariant_error(const char* expression, const char* file, int line,
                                        std::string_view values);

/// Out of line, and the values by value: the code around an assertion keeps its registers.
template <class... Values>
[[noreturn, gnu::noinline, gnu::cold]] void invariant_failed(const char* expression,
                                                             const char* file, int line,
                                                             fmt::format_string<Values...> text,
                                                             Values... values) {
  throw_invariant_error(expression, file, line,
                        fmt::vformat(text, fmt::make_format_args(values...)));
}

}  // namespace detail

}  // namespace rollcast

/// Checks an invariant in every build; further arguments are a fmt format string and its values:
/// ROLLCAST_ASSERT(held <= capacity, "held {} of {}", held, capacity).
#define ROLLCAST_ASSERT(condition, ...)                                                  \
  do {                                                                                   \
    if (!(condition)) [[unlikely]]                                                       \
      ::rollcast::detail::invariant_failed(#condition, __FILE__, __LINE__, __VA_ARGS__); \
  } while (false)
