/// What holds in every replication of every shipped scenario.
#include <algorithm>
#include <filesystem>
#include <numeric>

#include "support.hpp"

using namespace rollcast;
using model::CostKind;
using model::CostPhase;
using model::Metric;
using test::metric;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> shipped() {
  std::vector<fs::path> files{fs::path{ROLLCAST_SOURCE_DIR} / "tests/scenario/everything.yaml"};
  for (const auto& entry : fs::directory_iterator{fs::path{ROLLCAST_SOURCE_DIR} / "scenarios"})
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

double sum_of(const model::Outcome& outcome, Metric first, std::size_t count) {
  const auto begin = outcome.metrics.begin() + static_cast<std::ptrdiff_t>(first);
  return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(count), 0.0);
}

Metric metric_at(Metric first, std::size_t offset) {
  return static_cast<Metric>(static_cast<std::size_t>(first) + offset);
}

/// Every entry has its time, kind and phase; each way of adding them up gives the metrics.
void check_ledger(const model::Scenario& scenario, const model::Outcome& outcome,
                  const model::Trace& trace) {
  std::array<Money, model::kCostKinds> kinds{};
  std::array<Money, model::kCostPhases> phases{};
  Money total;
  for (const model::LedgerLine& line : trace.ledger()) {
    CHECK(kStart <= line.from);
    CHECK(line.from <= line.to);
    kinds[static_cast<std::size_t>(line.kind)] += line.amount;
    phases[static_cast<std::size_t>(line.phase)] += line.amount;
    total += line.amount;
  }
  CHECK(total.units() == metric(outcome, Metric::cost_total));
  for (std::size_t kind = 0; kind < model::kCostKinds; ++kind)
    CHECK(kinds[kind].units() == metric(outcome, metric_at(Metric::cost_instances, kind)));
  for (std::size_t phase = 0; phase < model::kCostPhases; ++phase)
    CHECK(phases[phase].units() == metric(outcome, metric_at(Metric::cost_deployment, phase)));
  const double cent = 1e-6 * (1.0 + static_cast<double>(trace.ledger().size()));
  CHECK(std::abs(sum_of(outcome, Metric::cost_instances, model::kCostKinds) - total.units()) <
        cent);
  CHECK(std::abs(sum_of(outcome, Metric::cost_deployment, model::kCostPhases) - total.units()) <
        cent);
  CHECK(outcome.cash_flow.size() == scenario.months.size() + 1);
  const double months = std::accumulate(outcome.cash_flow.begin(), outcome.cash_flow.end(), 0.0);
  CHECK(std::abs(months - total.units()) < cent);
}

void check_service(const model::Outcome& outcome, double fleet) {
  CHECK(metric(outcome, Metric::impact_peak) <= fleet);
  CHECK(metric(outcome, Metric::impact_instance_hours) ==
        doctest::Approx(metric(outcome, Metric::impact_out_instance_hours) +
                        metric(outcome, Metric::impact_defective_instance_hours)));
  for (const model::IncidentRecord& incident : outcome.incidents)
    CHECK(incident.recovery_hours >= 0);
}

}  // namespace

TEST_CASE("every shipped scenario runs, and its ledger adds up in every way") {
  CHECK(shipped().size() > 5);
  for (const fs::path& file : shipped()) {
    CAPTURE(file.filename().string());
    const auto loaded = scenario::load_file(file, test::with_data());
    INFO(loaded.diagnostics.render());
    REQUIRE(loaded.scenario.has_value());
    const model::Scenario& scenario = *loaded.scenario;
    for (std::size_t strategy = 0; strategy < scenario.strategies.size(); ++strategy) {
      CAPTURE(scenario.strategies[strategy].name);
      double fleet = 0;
      for (const model::Group& group : scenario.strategies[strategy].world.groups)
        fleet += static_cast<double>(group.count);
      for (std::uint64_t replication = 0; replication < 5; ++replication) {
        CAPTURE(replication);
        model::Trace trace;
        const model::Outcome outcome =
            simulate(scenario, strategy, scenario.seed, replication, &trace);
        check_ledger(scenario, outcome, trace);
        check_service(outcome, fleet);
        CHECK(outcome.digest == simulate(scenario, strategy, scenario.seed, replication).digest);
      }
    }
  }
}
