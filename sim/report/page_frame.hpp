#pragma once
/// What every page of rollcast looks like: one file, no request, light and dark.
#include <string>
#include <string_view>

namespace rollcast::report {

/// The whole document around a body and the script elements behind it, both of them HTML; the title
/// is text.
[[nodiscard]] std::string document_of(std::string_view title, std::string_view body,
                                      std::string_view scripts);

}  // namespace rollcast::report
