#pragma once
/// Text made safe for HTML, SVG and scripts. Names of strategies are somebody's text and always appear as text.
#include <string>
#include <string_view>

namespace rollcast::report {

/// For text and for attribute values in double quotes. Control characters that neither HTML nor XML may hold become U+FFFD,
/// and so does each byte that is not UTF-8.
[[nodiscard]] std::string escape_html(std::string_view text);

/// The same, isolated from the direction of the text around it: <bdi>.
[[nodiscard]] std::string name_html(std::string_view name);

/// JSON that may stand inside a script element: no `<` is left in it, so neither `</script` nor `<!--`.
[[nodiscard]] std::string script_json(std::string_view json);

/// Text between the tags of its opening and closing element.
[[nodiscard]] std::string element(std::string_view tag, std::string_view content, std::string_view attributes = {});

}  // namespace rollcast::report
