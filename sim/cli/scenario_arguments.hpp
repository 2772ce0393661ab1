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
/// The changes as one text, for the record.
[[nodiscard]] std::string overrides_text(const scenario::LoadOptions& options);
/// What --allow-path means where only runs of an older rollcast need it.
inline constexpr const char* kTablesOfOldRecords =
    "where the tables of the scenario lie, for a run of a rollcast that did not keep them; may be "
    "given again";
/// The option --allow-path; `meaning` is what its help says.
void add_allow_path(boost::program_options::options_description& options, const char* meaning);
/// The scenario of a run again from its file, with the changes of its record. A record is somebody
/// else's word: files elsewhere are read where --allow-path says so.
[[nodiscard]] scenario::Loaded load_again(const std::string& file,
                                          const experiment::RunRecord& record,
                                          const Parsed& parsed);
/// The scenario of a run from its record: resolved, with the tables in it. Records without tables,
/// which an older rollcast wrote, have those of rollcast and of the folders of --allow-path.
[[nodiscard]] scenario::Loaded load_stored(const experiment::RunRecord& record,
                                           const Parsed& parsed);
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
