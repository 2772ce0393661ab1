#include "exploration_arguments.hpp"

#include <fmt/format.h>

#include <set>

#include "rollcast/base/text.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/scenario/tree.hpp"
#include "scenario_arguments.hpp"

namespace rollcast::cli {

void add_varied(const Parsed& parsed, const std::string& option, const std::string& key,
                const std::string& example, scenario::LoadOptions& options) {
  const auto given = words_of(parsed, option);
  if (!given.empty()) options.overrides.emplace_back(key, "[]");
  std::set<std::string> paths;
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError(fmt::format("--{0} takes PATH=VALUES, as in --{0} '{1}', not '{2}'", option,
                                   example, one));
    const std::string path(trim(one.substr(0, equals)));
    if (!paths.insert(path).second)
      throw UsageError(
          fmt::format("--{} names '{}' twice: give all of its values at once, as a list or a range",
                      option, path));
    const std::string values(trim(one.substr(equals + 1)));
    const bool list = values.starts_with('[');
    options.overrides.emplace_back(
        key, fmt::format("{{{}: {}}}", scenario::yaml_scalar(one.substr(0, equals), true),
                         list ? values : scenario::yaml_scalar(values, true)));
  }
}

experiment::SweepRecord record_of(const scenario::Loaded& loaded, const Parsed& parsed,
                                  const std::string& command) {
  experiment::SweepRecord record;
  record.command = command;
  record.version = ROLLCAST_VERSION;
  record.scenario = loaded.scenario->name;
  record.scenario_text = loaded.text;
  record.scenario_resolved = loaded.resolved_yaml;
  record.path = parsed.operand;
  record.digest = experiment::digest_of(loaded.text);
  record.seed = loaded.scenario->seed;
  return record;
}

experiment::SweepStore open_record(const Parsed& parsed, const std::string& folder,
                                   const experiment::SweepRecord& record) {
  return parsed.flag("resume") && experiment::SweepStore::is_in(folder, record)
             ? experiment::SweepStore::resume(folder, record)
             : experiment::SweepStore::create(folder, record, parsed.flag("force"));
}

}  // namespace rollcast::cli
