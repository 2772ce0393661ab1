/// Every mistake that a scenario can contain, one file each, and the exact text that is said about
/// it. tests/golden/diagnostics/NAME.yaml holds the mistake, NAME.expected the text; `common/`
/// holds included files. With ROLLCAST_UPDATE_GOLDEN in the environment the texts are written
/// instead of compared.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rollcast/scenario/load.hpp"

namespace fs = std::filesystem;
using namespace rollcast;

namespace {

const fs::path kFolder = fs::path{ROLLCAST_SOURCE_DIR} / "tests/golden/diagnostics";

std::string content(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::vector<fs::path> cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{kFolder}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Diagnostics name files as they are given, so the scenario is given by its name alone.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~InFolder() { fs::current_path(before_); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  fs::path before_;
};

}  // namespace

TEST_CASE("every mistake is told with its place, its line and its cure") {
  const InFolder here{kFolder};
  scenario::LoadOptions options;
  options.data_folders = {fs::path{ROLLCAST_SOURCE_DIR} / "scenarios"};
  const bool update = std::getenv("ROLLCAST_UPDATE_GOLDEN") != nullptr;
  const auto files = cases();
  CHECK(files.size() > 100);
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    const auto loaded = scenario::load_file(file.filename(), options);
    const std::string text = loaded.diagnostics.render();
    CHECK_FALSE(text.empty());
    CHECK(loaded.scenario.has_value() == loaded.diagnostics.ok());
    const fs::path expected = fs::path{file}.replace_extension(".expected");
    if (update) std::ofstream{expected, std::ios::binary} << text;
    CHECK(text == content(expected));
  }
}

TEST_CASE("every expected text belongs to a mistake") {
  for (const auto& entry : fs::directory_iterator{kFolder}) {
    if (entry.path().extension() != ".expected") continue;
    CAPTURE(entry.path().filename().string());
    CHECK(fs::exists(fs::path{entry.path()}.replace_extension(".yaml")));
  }
}
