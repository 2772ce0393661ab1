#include "scenario_arguments.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "console.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// Tables that ship with rollcast: beside the sources of a build, or where it is installed.
std::vector<fs::path> shipped_data() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  std::vector<fs::path> folders;
  if (error) return folders;
  for (const char* place : {"../share/rollcast", "../scenarios", "../../scenarios"}) {
    const fs::path folder = (program.parent_path() / place).lexically_normal();
    if (fs::is_directory(folder / "data", error)) folders.push_back(folder);
  }
  return folders;
}

/// `--precision 'ready_time p95: 1 %'` sets one entry of the scenario's `precision:` map.
void add_precision(scenario::LoadOptions& options, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    throw UsageError(fmt::format(
        "--precision takes ESTIMATE: WIDTH, as in 'ready_time p95: 1 %', not '{}'", text));
  options.overrides.emplace_back(
      "precision",
      fmt::format("{{{}: {}}}", scenario::yaml_scalar(trim(text.substr(0, colon)), true),
                  scenario::yaml_scalar(trim(text.substr(colon + 1)), true)));
}

/// `--allow-path DIR`, wherever the program may be called from later.
fs::path allowed_folder(const std::string& text) {
  std::error_code error;
  fs::path folder = fs::canonical(text, error);
  if (error || !fs::is_directory(folder, error))
    throw UsageError(fmt::format("--allow-path takes a folder, and '{}' is none", text));
  return folder;
}

std::vector<fs::path> allowed_folders(const Parsed& parsed) {
  std::vector<fs::path> folders;
  for (const std::string& folder : words_of(parsed, "allow-path"))
    folders.push_back(allowed_folder(folder));
  return folders;
}

}  // namespace

void add_allow_path(po::options_description& options, const char* meaning) {
  options.add_options()("allow-path",
                        po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
                        meaning);
}

void add_scenario_options(po::options_description& options) {
  options.add_options()("seed", po::value<std::string>()->value_name("N"),
                        "seed of the random numbers, instead of the scenario's")(
      "sampling", po::value<std::string>()->value_name("HOW"),
      "how uncertain inputs are drawn: random, antithetic or sobol")(
      "set", po::value<std::vector<std::string>>()->composing()->value_name("PATH=VALUE"),
      "change a value of the scenario; may be given again and again");
  add_allow_path(
      options,
      "the scenario may read files there, too, outside of its own folder; may be given again");
}

unsigned thread_count(const Parsed& parsed) {
  constexpr std::uint64_t kMostThreads = 1'024;
  const std::uint64_t jobs = whole_number(parsed, "jobs", 1).value_or(0);
  if (jobs > kMostThreads)
    throw UsageError(fmt::format("--jobs takes at most {} threads", kMostThreads));
  return static_cast<unsigned>(jobs);
}

scenario::LoadOptions load_options(const Parsed& parsed, scenario::LoadOptions options) {
  for (const std::string& setting : settings_of(parsed)) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError(fmt::format(
          "--set takes PATH=VALUE, as in --set fleet.web.count=300, not '{}'", setting));
    options.overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  for (const std::string& precision : words_of(parsed, "precision"))
    add_precision(options, precision);
  if (parsed.has("sampling")) options.overrides.emplace_back("sampling", parsed.text("sampling"));
  options.seed = whole_number(parsed, "seed", 0);
  options.data_folders = shipped_data();
  options.allowed_folders = allowed_folders(parsed);
  return options;
}

scenario::Loaded load(const Parsed& parsed, scenario::LoadOptions options) {
  return scenario::load_file(parsed.operand, load_options(parsed, std::move(options)));
}

std::string overrides_text(const scenario::LoadOptions& options) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [path, value] : options.overrides) list.push_back({path, value});
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

scenario::Loaded load_again(const std::string& file, const experiment::RunRecord& record,
                            const Parsed& parsed) {
  scenario::LoadOptions options;
  const auto list = nlohmann::json::parse(record.overrides, nullptr, false);
  for (const auto& item : list)
    if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string())
      options.overrides.emplace_back(item[0].get<std::string>(), item[1].get<std::string>());
  options.seed = record.seed;
  options.data_folders = shipped_data();
  options.allowed_folders = allowed_folders(parsed);
  return scenario::load_file(file, options);
}

scenario::Loaded load_stored(const experiment::RunRecord& record, const Parsed& parsed) {
  scenario::LoadOptions options;
  options.tables = record.tables;
  options.allowed_folders = allowed_folders(parsed);
  options.data_folders = options.allowed_folders;
  for (fs::path& folder : shipped_data()) options.data_folders.push_back(std::move(folder));
  return scenario::load_text(record.scenario + ".yaml", record.scenario_resolved, options);
}

bool show_diagnostics(const scenario::Loaded& loaded) {
  tell_plain(loaded.diagnostics.render(wants_colour(Stream::error)));
  return loaded.scenario.has_value();
}

std::vector<std::string> words_of(const Parsed& parsed, const std::string& option) {
  return parsed.has(option) ? parsed.values[option].as<std::vector<std::string>>()
                            : std::vector<std::string>();
}

std::vector<std::string> settings_of(const Parsed& parsed) {
  return words_of(parsed, "set");
}

std::string shell_word(const std::string& word) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,%+@";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word)
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

}  // namespace rollcast::cli
