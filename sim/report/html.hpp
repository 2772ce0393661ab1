#pragma once
/// Text made safe for HTML, SVG and scripts. Names of strategies are somebody's text and always
/// appear as text.
#include <string>
#include <string_view>

namespace rollcast::report {

/// Text that any document may hold: control characters that neither HTML nor XML allow become
/// U+FFFD, and so does each byte that is not UTF-8.
[[nodiscard]] std::string clean_text(std::string_view text);
/// The same without the characters that change the direction of the text behind them, for names
/// within a sentence.
[[nodiscard]] std::string without_direction_marks(std::string_view text);

/// For text and for attribute values in double quotes; cleaned.
[[nodiscard]] std::string escape_html(std::string_view text);

/// The same, isolated from the direction of the text around it: <bdi>.
[[nodiscard]] std::string name_html(std::string_view name);

/// JSON that may stand inside a script element: no `<` is left in it, so neither `</script` nor
/// `<!--`.
[[nodiscard]] std::string script_json(std::string_view json);

/// Text between the tags of its opening and closing element.
[[nodiscard]] std::string element(std::string_view tag, std::string_view content,
                                  std::string_view attributes = {});

}  // namespace rollcast::report
