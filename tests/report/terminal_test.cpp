/// The table for the terminal.
#include <doctest/doctest.h>

#include <sstream>

#include "rollcast/base/text.hpp"
#include "sample_results.hpp"
#include "terminal_text.hpp"

using namespace rollcast;
using namespace rollcast::report;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string without_colours(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    i = text.find('m', i);
  }
  return plain;
}

std::vector<SampleStrategy> awkward_names() {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies[0].name = "\x1b[31mred\nnew line";
  strategies[1].name = "🚀 日本語の名前 for a strategy with quite a long name";
  strategies[2].name = "صور ذهبية \xE2\x80\xAE";
  strategies[3].name = std::string(200, 'W');
  return strategies;
}

}  // namespace

TEST_CASE("no line is wider than the terminal") {
  for (const std::uint64_t runs : {1U, 300U}) {
    for (const int width : {60, 80, 120}) {
      for (const auto& results : {sample_results(four_ways(), runs),
                                  sample_results(awkward_names(), runs), nothing_finished(runs)}) {
        for (const std::string& line :
             lines_of(terminal_table(sample_input(results), {width, false}))) {
          INFO(line);
          CHECK(display_width(line) <= static_cast<std::size_t>(width));
        }
      }
    }
  }
}

TEST_CASE("the verdict comes before the numbers, which are those of the results") {
  const auto results = sample_results(four_ways(), 2000);
  const std::string text = terminal_table(sample_input(results));
  const std::size_t verdict = text.find("✓ golden, made first is the cheapest strategy");
  REQUIRE(verdict != std::string::npos);
  CHECK(verdict < text.find("P50"));
  const auto& ready =
      results.strategies[0].metrics[static_cast<std::size_t>(model::Metric::ready_time)];
  CHECK(text.find(human_duration(*ready.quantiles[3].value)) != std::string::npos);
  CHECK(text.find(human_duration(*ready.quantiles[8].value)) != std::string::npos);
  CHECK(text.find("> 30 d") != std::string::npos);
}

TEST_CASE("an undecided objective is told with the runs that would decide it") {
  const std::string text = terminal_table(sample_input(sample_results(four_ways(), 2000)));
  CHECK(text.find("? image + script, blast:") != std::string::npos);
  CHECK(text.find("runs would") != std::string::npos);
}

TEST_CASE("colour adds nothing but colour") {
  const auto results = sample_results(four_ways(), 200);
  const std::string coloured = terminal_table(sample_input(results), {80, true});
  const std::string plain = terminal_table(sample_input(results), {80, false});
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(coloured.find('\x1b') != std::string::npos);
  CHECK(without_colours(coloured) == plain);
}

TEST_CASE("a name cannot take over the terminal") {
  const std::string text = terminal_table(sample_input(sample_results(awkward_names(), 50)));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("a long text keeps its beginning and its end") {
  CHECK(fitted("golden images, variant 12", 16) == "golden ima…nt 12");
  CHECK(fitted("short", 5) == "short");
  CHECK(display_width(fitted("日本語の名前の長い方", 8)) <= 8);
  CHECK(fitted("anything", 0).empty());
}

TEST_CASE("text is broken between words, and within a word only where it must") {
  CHECK(wrapped("one two three", 8, 2) == "one two\n  three\n");
  CHECK(wrapped("  - one two three", 9, 4) == "  - one\n    two\n    three\n");
  CHECK(wrapped("abcdefghij", 4, 0) == "abcd\nefgh\nij\n");
}

TEST_CASE("a spark-line shows where the values fall on a logarithmic axis") {
  CHECK(spark_line(std::vector<double>{1.0, 1.0, 1.0, 100.0, model::kNotReached}, 1.0, 100.0, 4) ==
        "▇  ▃");
  CHECK(spark_line(std::vector<double>{}, 1.0, 100.0, 3) == "   ");
}
