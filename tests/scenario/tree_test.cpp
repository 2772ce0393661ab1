/// From text to tree: what is kept, what is refused, how trees are laid over each other.
#include "rollcast/scenario/tree.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace rollcast;
using scenario::Node;

namespace {

Node tree_of(const std::string& text) {
  Diagnostics diagnostics;
  const auto parsed = scenario::parse_tree("a.yaml", text, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.ok());
  REQUIRE(parsed.whole);
  return parsed.tree;
}

std::string problem_of(const std::string& text, const scenario::TreeLimits& limits = {}) {
  Diagnostics diagnostics;
  (void)scenario::parse_tree("a.yaml", text, diagnostics, limits);
  const auto all = diagnostics.sorted();
  return all.empty() ? "" : all.front().message;
}

}  // namespace

TEST_CASE("scalars stay text") {
  const Node tree = tree_of("a: 010\nb: yes\nc: 1e3\nd: 0x10\ne: 1:30\nf: \"null\"\n");
  CHECK(tree.find("a")->text == "010");
  CHECK(tree.find("b")->text == "yes");
  CHECK(tree.find("c")->text == "1e3");
  CHECK(tree.find("d")->text == "0x10");
  CHECK(tree.find("e")->text == "1:30");
  CHECK(tree.find("f")->is_scalar());
  CHECK(tree_of("a: null\n").find("a")->is_null());
  CHECK(tree_of("a:\n").find("a")->is_null());
}

TEST_CASE("every node knows its place, in every way of writing") {
  const Node tree = tree_of("a: one\nb: {c: \"two\", d: [three, 'four']}\n서울: 값\n");
  CHECK(tree.find("a")->place == Place{"a.yaml", 1, 4, 3});
  const Node& map = *tree.find("b");
  CHECK(map.find("c")->place == Place{"a.yaml", 2, 8, 5});
  CHECK(map.find("c")->part(1, 1) == Place{"a.yaml", 2, 10, 1});
  CHECK(map.find("d")->items[0].place == Place{"a.yaml", 2, 19, 5});
  CHECK(map.find("d")->items[1].part(0, 4) == Place{"a.yaml", 2, 27, 4});
  CHECK(tree.find("서울")->place == Place{"a.yaml", 3, 9, 3});
  CHECK(tree.entries[2].place == Place{"a.yaml", 3, 1, 6});
}

TEST_CASE("a part of a scalar that the source does not show byte by byte is the whole scalar") {
  const Node escaped = tree_of("a: \"x\\ty z\"\n");
  CHECK_FALSE(escaped.find("a")->exact);
  CHECK(escaped.find("a")->part(2, 1) == escaped.find("a")->place);
  const Node folded = tree_of("a: one\n  two\n");
  CHECK(folded.find("a")->text == "one two");
  CHECK_FALSE(folded.find("a")->exact);
}

TEST_CASE("Windows line ends and a byte order mark are harmless") {
  const Node tree = tree_of(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  CHECK(tree.find("a")->text == "1");
  CHECK(tree.find("b")->place == Place{"a.yaml", 2, 4, 1});
}

TEST_CASE("a file of brackets alone is refused before it is parsed") {
  scenario::TreeLimits limits;
  limits.nodes = 100;
  CHECK(problem_of(std::string(101, '['), limits) == "the file opens more than 100 lists and maps");
}

TEST_CASE("escapes bring no control character and no key of two lines in") {
  CHECK(problem_of("a: \"x\\e[2J\"\n") == "control character 0x1b in the text");
  CHECK(problem_of("\"a\\x07\": 1\n") == "control character 0x07 in the text");
  CHECK(problem_of("a: \"\\x85\"\n") == "control character 0x85 in the text");
  CHECK(problem_of("a: \"\\N\"\n") == "an escape of this text gives no UTF-8");
  CHECK(problem_of("a: \"\\_\"\n") == "an escape of this text gives no UTF-8");
  CHECK(problem_of("\"a\\nb\": 1\n") == "a key is a text of one line");
  CHECK(problem_of("a: \"\\tx\\ny é\"\n").empty());
}

TEST_CASE("limits keep any input small") {
  CHECK(problem_of(std::string(2U << 20U, 'a')).find("bytes; at most 1,048,576 are read") !=
        std::string::npos);
  scenario::TreeLimits few;
  few.nodes = 3;
  CHECK(problem_of("[a, b, c, d]", few) == "more than 3 values in one file");
  CHECK(problem_of(std::string(5000, '[') + std::string(5000, ']'))
            .find("nested more than 40 levels") != std::string::npos);
  CHECK(problem_of(std::string(5000, '{')).empty() == false);
}

TEST_CASE("an unclosed quote is found, which yaml-cpp takes for closed at the end of the file") {
  CHECK(problem_of("a: \"x\nb: 3\n") == "this quote is not closed");
  CHECK(problem_of("a: 'it''s\n") == "this quote is not closed");
  CHECK(problem_of("a: \"x\\\"\n") == "this quote is not closed");
  CHECK(tree_of("a: 'it''s'\n").find("a")->text == "it's");
  CHECK(tree_of("a: \"one\n  two\"\n").find("a")->text == "one two");
}

TEST_CASE("maps merge key by key, everything else replaces") {
  Node base = tree_of("a: {x: 1, y: [1, 2]}\nb: 1\n");
  scenario::merge(base, tree_of("a: {y: [3], z: 4}\nc: 5\n"));
  CHECK(scenario::flow_text(base) == "{a: {x: 1, y: [3], z: 4}, b: 1, c: 5}");
}

TEST_CASE("forms that exclude each other replace each other") {
  Node base = tree_of("rollout: {canary: [1, 100 %], soak: 1 h}\n");
  scenario::merge(base, tree_of("rollout: {batches: 50}\n"));
  CHECK(scenario::flow_text(base) == "{rollout: {soak: 1 h, batches: 50}}");
  Node deploy = tree_of("deploy: {db: golden, web: golden}\n");
  scenario::merge(deploy, tree_of("deploy: {web: other}\n"));
  CHECK(scenario::flow_text(deploy) == "{deploy: {db: golden, web: other}}");
  scenario::merge(deploy, tree_of("deploy: {by: ops}\n"));
  CHECK(scenario::flow_text(deploy) == "{deploy: {by: ops}}");
}

TEST_CASE("text that is written as YAML reads back as the same text") {
  for (const std::string text :
       {"plain",       "",          " space",    "space ",   "a: b", "a #b", "#a",  "- a",
        "-5 s",        "-",         "null",      "~",        "a, b", "[x]",  "{y}", "\"q\"",
        "back\\slash", "line\nend", "tab\there", "100 %",    "%x",   "@a",   "`b`", "!c",
        "&d",          "*e",        "|",         ">",        "?",    ": a",  "a:",  "서울",
        "---",         "...",       "<<",        "'single'", "1e3",  "=",    "\x01"}) {
    CAPTURE(text);
    if (text.find_first_of("\t\x01") != std::string::npos) continue;  // refused in files
    CHECK(tree_of("k: " + scenario::yaml_scalar(text, false) + "\n").find("k")->text == text);
    CHECK(tree_of("k: [" + scenario::yaml_scalar(text, true) + ", z]\n")
              .find("k")
              ->items.at(0)
              .text == text);
    if (text.find('\n') != std::string::npos) continue;  // no key has two lines
    CHECK(tree_of(scenario::yaml_scalar(text.empty() ? "e" : text, false) + ": v\n")
              .entries.at(0)
              .key == (text.empty() ? "e" : text));
  }
}
