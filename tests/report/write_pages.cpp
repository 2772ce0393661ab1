/// Writes sample pages, charts and tables into a folder: what the browser tests open, and what one
/// looks at when the page is worked on.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sample_results.hpp"

namespace {

using rollcast::experiment::Results;
using namespace rollcast::report;

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void write_all(const std::filesystem::path& folder, const std::string& name, Results results,
               bool with_replay = false) {
  const Replay replay = with_replay ? sample_replay(results) : Replay();
  ReportInput input = sample_input(results);
  if (with_replay) input.replay = &replay;
  const std::vector<ChartFile> charts = chart_svgs(input);
  write(folder / (name + ".html"), html_page(input, charts));
  write(folder / (name + ".json"), report_data_json(input));
  write(folder / (name + ".txt"), terminal_table(input));
  std::filesystem::create_directories(folder / name);
  for (const auto& [file, svg] : charts) write(folder / name / file, svg);
}

std::vector<SampleStrategy> twelve_ways() {
  std::vector<SampleStrategy> strategies;
  for (int i = 0; i < 12; ++i) {
    SampleStrategy strategy = four_ways()[static_cast<std::size_t>(i % 4)];
    strategy.name += fmt::format(", variant {}", i + 1);
    strategy.ready_median *= 1.0 + 0.35 * i / 4;
    strategy.staff_cost *= 1.0 + 0.2 * i / 4;
    strategies.push_back(strategy);
  }
  return strategies;
}

std::vector<SampleStrategy> hostile_names() {
  std::vector<SampleStrategy> strategies = four_ways();
  strategies[0].name = "</script><script>alert('x')</script><!-- \"quoted\" & 'single'";
  strategies[1].name = "🚀 rocket 日本語の名前 emoji";
  strategies[2].name = "صور ذهبية (right to left) \xE2\x80\xAE";
  strategies[3].name = std::string(200, 'W');
  return strategies;
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path folder = count > 1 ? arguments[1] : ".";
  std::filesystem::create_directories(folder);
  write_all(folder, "four", sample_results(four_ways(), 2000), true);
  write_all(folder, "one", sample_results({four_ways()[2]}, 500));
  write_all(folder, "single-run", sample_results(four_ways(), 1));
  write_all(folder, "twelve", sample_results(twelve_ways(), 1000));
  write_all(folder, "hostile", sample_results(hostile_names(), 300), true);
  write_all(folder, "nothing", nothing_finished(400));
  return 0;
}
