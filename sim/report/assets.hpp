#pragma once
/// Files that were embedded when rollcast was built.
#include <string_view>
#include <vector>

namespace rollcast::report {

/// The bytes of an embedded file by its name in sim/report/CMakeLists.txt. REQUIRES a known name.
[[nodiscard]] std::string_view asset(std::string_view name);
/// The charts' definitions, in the order in which they must be run.
[[nodiscard]] std::vector<std::string_view> chart_scripts();

}  // namespace rollcast::report
