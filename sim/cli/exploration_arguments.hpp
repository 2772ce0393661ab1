#pragma once
/// What the commands that explore a scenario share.
#include <string>

#include "arguments.hpp"
#include "rollcast/experiment/sweep_store.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::cli {

/// `--OPTION PATH=VALUES`, given again and again, as the map `key` of the scenario; those of the
/// command line replace the scenario's. `example` is one as it should be. Throws UsageError.
void add_varied(const Parsed& parsed, const std::string& option, const std::string& key,
                const std::string& example, scenario::LoadOptions& options);

/// What a record holds of the scenario; columns and replications are the caller's.
[[nodiscard]] experiment::SweepRecord record_of(const scenario::Loaded& loaded,
                                                const Parsed& parsed, const std::string& command);
/// The record in that folder: gone on with where --resume says so, else a new one.
[[nodiscard]] experiment::SweepStore open_record(const Parsed& parsed, const std::string& folder,
                                                 const experiment::SweepRecord& record);

}  // namespace rollcast::cli
