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
[[noreturn]] void invariant_failed(const char* expression, const char* file, int line,
                                   std::string_view values);
}  // namespace detail

}  // namespace rollcast

/// Checks an invariant in every build; further arguments are a fmt format string and its values:
/// ROLLCAST_ASSERT(held <= capacity, "held {} of {}", held, capacity).
#define ROLLCAST_ASSERT(condition, ...)                                    \
  do {                                                                     \
    if (!(condition)) [[unlikely]]                                         \
      ::rollcast::detail::invariant_failed(#condition, __FILE__, __LINE__, \
                                           fmt::format(__VA_ARGS__));      \
  } while (false)
