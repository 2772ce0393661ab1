#pragma once
/// What a run's folder holds beside its record: made by `run`, and again by `report`.
#include <string>
#include <thread>
#include <vector>

#include "arguments.hpp"
#include "rollcast/experiment/results.hpp"
#include "rollcast/experiment/store.hpp"
#include "rollcast/report/exploration.hpp"
#include "rollcast/report/report.hpp"
#include "rollcast/scenario/load.hpp"

namespace rollcast::cli {

struct ReportFiles {
  std::string folder;
  bool png = false;                                     ///< every chart also as PNG
  bool json = false;                                    ///< print summary.json instead of the table
  bool quiet = false;                                   ///< no progress
  unsigned jobs = std::thread::hardware_concurrency();  ///< threads that draw; 0: one
};

/// Throws experiment::StoreError, with what to install, when PNG is asked for and cannot be made.
void check_png_tool(const ReportFiles& files);

/// Writes scenario.resolved.yaml, summary.json, charts/ and report.html, and prints the table. What
/// the page tells about the run is in the record.
/// `loaded` is the scenario of the run.
void write_report(const scenario::Loaded& loaded, const experiment::Results& results,
                  const experiment::RunRecord& record, const ReportFiles& files);

/// Writes charts/ and report.html of an exploration.
void write_exploration(const report::Exploration& exploration, const ReportFiles& files);

/// The assumptions of a scenario as one text, for the record.
[[nodiscard]] std::string assumptions_text(const std::vector<report::Assumption>& assumptions);

/// The command that gives the run, or its part, again.
[[nodiscard]] std::string command_of(const experiment::RunRecord& record,
                                     std::uint64_t replications);

/// A run from its record.
struct StoredRun {
  scenario::Loaded loaded;
  experiment::Results results;
};
/// The samples of a stored run and everything that follows from them. Diagnostics go to standard
/// error. Throws experiment::StoreError, also when this rollcast cannot read the run's scenario.
[[nodiscard]] StoredRun stored_run(const experiment::RunStore& store, const Parsed& parsed);

}  // namespace rollcast::cli
