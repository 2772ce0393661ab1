#pragma once
/// Made-up results for the tests of the report: the shapes of a real comparison (minutes, hours,
/// weeks; some never finish), with numbers that nothing else in the project claims.
#include <string>
#include <vector>

#include "rollcast/experiment/results.hpp"
#include "rollcast/report/report.hpp"

namespace rollcast::report {

/// How one strategy behaves.
struct SampleStrategy {
  std::string name;
  double ready_median = 3600.0;  ///< seconds
  double ready_spread = 0.2;     ///< standard deviation of its logarithm
  double bad_image = 0.0;        ///< chance that the whole fleet is hit
  double mean_impact = 2.0;      ///< instances hit otherwise, on average
  double staff_cost = 500.0;
  double waits_for_people = 0.0, waits_for_quota = 0.2,
         soaks = 0.0;            ///< hours (per instance; of the roll-out)
  double incidents = 0.2;        ///< mean number in a run
  double recovery_median = 0.4;  ///< hours
};

/// Images that exist, images made first, image and script, by hand.
[[nodiscard]] std::vector<SampleStrategy> four_ways();

/// Summaries, objectives, comparisons and a verdict over samples from a generator with a fixed
/// seed.
[[nodiscard]] experiment::Results sample_results(const std::vector<SampleStrategy>& strategies,
                                                 std::uint64_t replications);
/// Nothing is ever ready, and nothing costs anything.
[[nodiscard]] experiment::Results nothing_finished(std::uint64_t replications);

/// A small world in which everything happens: two groups, one set up by hand; quota, failed
/// attempts, failures, recovery, an outage, batches with soak and approval.
[[nodiscard]] model::Scenario eventful_scenario();
/// Run 0 of strategy 0, which gets the eventful world.
[[nodiscard]] Replay sample_replay(experiment::Results& results);

[[nodiscard]] std::vector<Assumption> sample_assumptions();
[[nodiscard]] ReportInput sample_input(const experiment::Results& results);

}  // namespace rollcast::report
