#pragma once
/// What every command that reads a scenario shares.
#include <string>
#include <vector>

#include "arguments.hpp"
#include "rollcast/experiment/store.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::cli {

/// --seed, --set and the like.
void add_scenario_options(boost::program_options::options_description& options);

/// What the command line changes in a scenario, behind what `options` change. Throws UsageError for
/// settings that are none.
[[nodiscard]] scenario::LoadOptions load_options(const Parsed& parsed,
                                                 scenario::LoadOptions options = {});
/// The scenario with its settings, as load_options() has them. Throws as that.
[[nodiscard]] scenario::Loaded load(const Parsed& parsed, scenario::LoadOptions options = {});
/// What --jobs says; 0 without it. Throws UsageError.
[[nodiscard]] unsigned thread_count(const Parsed& parsed);
/// What --allow-path says, for the record: a JSON list of folders.
[[nodiscard]] std::string allowed_text(const scenario::LoadOptions& options);
/// The changes as one text, for the record.
[[nodiscard]] std::string overrides_text(const scenario::LoadOptions& options);
/// The scenario of a run again from its file, with the changes of its record.
[[nodiscard]] scenario::Loaded load_again(const std::string& file,
                                          const experiment::RunRecord& record);
/// The scenario of a run from its record: resolved, with the tables beside the place where it was.
[[nodiscard]] scenario::Loaded load_stored(const experiment::RunRecord& record);
/// Shows what the loader has to say on standard error. False when there is no scenario.
bool show_diagnostics(const scenario::Loaded& loaded);

/// The texts of an option that may be given again and again; none when it was not given, or is no
/// option of this command.
[[nodiscard]] std::vector<std::string> words_of(const Parsed& parsed, const std::string& option);
/// As given: "fleet.web.count=300".
[[nodiscard]] std::vector<std::string> settings_of(const Parsed& parsed);
/// A word as a shell takes it, quoted when it must be.
[[nodiscard]] std::string shell_word(const std::string& word);

}  // namespace rollcast::cli
