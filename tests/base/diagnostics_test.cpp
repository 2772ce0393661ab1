/// Rendering and ordering of diagnostics.
#include "rollcast/base/diagnostics.hpp"

#include <doctest/doctest.h>

using namespace rollcast;

TEST_CASE("a diagnostic shows its line, a caret under the value, and the cure") {
  Diagnostics diagnostics;
  diagnostics.add_source("web.yaml", "fleet:\n  web: {count: 010}\n");
  diagnostics.error({"web.yaml", 2, 16, 3}, "`010` has a leading zero", "write `10`");
  CHECK(diagnostics.render() ==
        "web.yaml:2:16: error: `010` has a leading zero\n"
        "  |\n"
        "2 |   web: {count: 010}\n"
        "  |                ^^^\n"
        "  = help: write `10`\n"
        "\n"
        "1 error\n");
}

TEST_CASE("columns count characters and carets stand under wide ones") {
  Diagnostics diagnostics;
  diagnostics.add_source("a.yaml", "서울: 값\n");
  diagnostics.error({"a.yaml", 1, 9, 3}, "wrong");
  CHECK(diagnostics.render() ==
        "a.yaml:1:5: error: wrong\n"
        "  |\n"
        "1 | 서울: 값\n"
        "  |       ^^\n"
        "\n"
        "1 error\n");
}

TEST_CASE("diagnostics are sorted by place, sources in the order of their coming") {
  Diagnostics diagnostics;
  diagnostics.add_source("z.yaml", "a\nb\n");
  diagnostics.add_source("a.yaml", "c\n");
  diagnostics.error({"a.yaml", 1, 1, 1}, "third");
  diagnostics.error({"z.yaml", 2, 1, 1}, "second");
  diagnostics.warning({"z.yaml", 1, 1, 1}, "first");
  diagnostics.error({"z.yaml", 2, 1, 1}, "second");
  const auto sorted = diagnostics.sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].message == "first");
  CHECK(sorted[1].message == "second");
  CHECK(sorted[2].message == "third");
  CHECK(diagnostics.errors() == 2);
  CHECK(diagnostics.warnings() == 1);
  CHECK_FALSE(diagnostics.ok());
}

TEST_CASE("a place outside of the text, control characters and broken UTF-8 are rendered safely") {
  Diagnostics diagnostics;
  diagnostics.add_source("a.yaml", "x\x01y\xff\tz");
  diagnostics.error({"a.yaml", 1, 99, 5}, "beyond the line");
  diagnostics.error({"a.yaml", 7, 1, 5}, "beyond the text");
  diagnostics.error({"none.yaml", 0, 0, 0}, "cannot be read");
  const std::string text = diagnostics.render();
  CHECK(text.find("1 | x?y? z\n  |       ^\n") != std::string::npos);
  CHECK(text.find("a.yaml:7:1: error: beyond the text\n") != std::string::npos);
  CHECK(text.find("none.yaml: error: cannot be read\n") != std::string::npos);
}

TEST_CASE("what a file says reaches the terminal as text only") {
  Diagnostics diagnostics;
  diagnostics.error({"\033]0;x\a.yaml", 1, 1, 1}, "unknown key `\033[2J`", "not `\u009b31m`\u202e");
  CHECK(diagnostics.render() ==
        "?]0;x?.yaml:1:1: error: unknown key `?[2J`\n = help: not `?31m`?\n\n1 error\n");
}

TEST_CASE("of a long line what surrounds the place is shown") {
  Diagnostics diagnostics;
  diagnostics.add_source("a.yaml", std::string(5'000, 'a') + "HERE" + std::string(5'000, 'z'));
  diagnostics.error({"a.yaml", 1, 5'001, 4}, "wrong");
  const std::string shown = diagnostics.render();
  CHECK(shown.find("1 | …" + std::string(100, 'a') + "HERE" + std::string(196, 'z') + "…\n  | " +
                   std::string(101, ' ') + "^^^^\n") != std::string::npos);
}

TEST_CASE("messages without end are cut, and of very many the first are told") {
  Diagnostics diagnostics;
  for (std::size_t i = 1; i <= 50'000; ++i)
    diagnostics.error({"a.yaml", i, 1, 1}, "no " + std::string(5'000, 'x'));
  CHECK_FALSE(diagnostics.ok());
  CHECK(diagnostics.errors() == 1'000);
  CHECK(diagnostics.error_reports() == 50'000);
  CHECK(diagnostics.sorted().front().message == "no " + std::string(1'997, 'x') + "…");
  const std::string shown = diagnostics.render();
  CHECK(shown.ends_with("1,000 errors\nThere may be more, which are told once these are mended\n"));
}

TEST_CASE("colours appear only when asked for") {
  Diagnostics diagnostics;
  diagnostics.add_source("a.yaml", "x");
  diagnostics.error({"a.yaml", 1, 1, 1}, "wrong", "cure");
  CHECK(diagnostics.render(false).find('\033') == std::string::npos);
  CHECK(diagnostics.render(true).find("\033[1;31merror\033[0m") != std::string::npos);
}

TEST_CASE("merging keeps both sides' sources") {
  Diagnostics a;
  a.add_source("a.yaml", "one");
  Diagnostics b;
  b.add_source("b.yaml", "two");
  b.error({"b.yaml", 1, 1, 3}, "wrong");
  a.merge(b);
  CHECK(a.render().find("1 | two") != std::string::npos);
}
