#include "rollcast/base/assertion.hpp"

namespace rollcast::detail {

void throw_invariant_error(const char* expression, const char* file, int line,
                           std::string_view values) {
  throw InvariantError(
      fmt::format("broken invariant: {} at {}:{}: {}", expression, file, line, values));
}

}  // namespace rollcast::detail
