/// No bytes make the loader fall: shipped scenarios with seeded mutations, random bytes, and every
/// prefix.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "rollcast/scenario/load.hpp"

namespace fs = std::filesystem;
using namespace rollcast;

namespace {

const fs::path kScenarios = fs::path{ROLLCAST_SOURCE_DIR} / "scenarios";

std::vector<std::string> texts() {
  std::vector<std::string> result;
  for (const fs::path& folder : {kScenarios, fs::path{ROLLCAST_SOURCE_DIR} / "tests/scenario"}) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      std::ifstream stream{file, std::ios::binary};
      result.emplace_back(std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{});
    }
  }
  return result;
}

/// Loads, and checks what holds for every input.
void load(const std::string& text) {
  scenario::LoadOptions options;
  options.data_folders = {kScenarios};
  const auto loaded = scenario::load_text("mutated.yaml", text, options);
  REQUIRE(loaded.scenario.has_value() == loaded.diagnostics.ok());
  REQUIRE(loaded.resolved_yaml.empty() == !loaded.scenario.has_value());
  for (const Diagnostic& diagnostic : loaded.diagnostics.sorted())
    REQUIRE_FALSE(diagnostic.message.empty());
  (void)loaded.diagnostics.render();
}

std::size_t below(std::mt19937_64& random, std::size_t end) {
  return static_cast<std::size_t>(random() % end);
}

/// A mistake as fingers, editors and bad memory make it.
std::string mutated(std::string text, std::mt19937_64& random) {
  static constexpr std::array<std::string_view, 24> kPieces{
      "\n",  " ",  ":",     ": ",   "-", "{",   "}",  "[",    "]",  "\"", "'",  "%",
      "010", "-1", "1e999", "null", "~", "&a ", "*a", "<<: ", "\t", "0 ", "by", "\xff"};
  const std::size_t changes = 1 + below(random, 3);
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = below(random, text.size());
    switch (below(random, 5)) {
      case 0:
        text[at] = static_cast<char>(below(random, 256));
        break;
      case 1:
        text.erase(at, 1 + below(random, 12));
        break;
      case 2:
        text.insert(at, kPieces[below(random, kPieces.size())]);
        break;
      case 3: {  // a line comes twice
        const std::size_t from =
            text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at);
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
        text.insert(end, text.substr(from, end - from));
        break;
      }
      default: {  // a word stands elsewhere
        const std::string word = text.substr(at, 1 + below(random, 10));
        text.insert(below(random, text.size()), word);
      }
    }
  }
  return text;
}

}  // namespace

TEST_CASE("mutated scenarios never make the loader fall") {
  std::mt19937_64 random{20260306};
  const auto originals = texts();
  REQUIRE(originals.size() >= 2);
  for (int i = 0; i < 1500; ++i) load(mutated(originals[below(random, originals.size())], random));
}

TEST_CASE("random bytes never make the loader fall") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 1500; ++i) {
    std::string text(below(random, 80), '\0');
    const bool printable = below(random, 2) == 0;
    for (char& c : text)
      c = static_cast<char>(printable ? 32 + below(random, 95) : below(random, 256));
    load(text);
  }
}

TEST_CASE("every beginning of a scenario is read or refused") {
  const std::string text = texts().back();
  for (std::size_t length = 0; length < text.size(); length += 7) load(text.substr(0, length));
}
