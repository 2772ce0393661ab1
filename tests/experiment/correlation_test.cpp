/// Uncertain inputs that go together, from the scenario to their draws.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "rollcast/experiment/draws.hpp"

namespace rollcast::experiment {
namespace {

const std::string kText = R"(question: What goes together?
horizon: 4 d
regions: {ap-seoul: {zones: 2}}
staff: {ops: {people: 3, hours: always, wage: 40 USD per work h}}
fleet: {web: {count: 12, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}, bad: 2 %}}
strategies: {image: {deploy: golden}}
uncertain:
  images.golden.bad: 1 % to 10 %
  launch.fails: lognormal(median 0.1 %, p95 1 %)
  staff.ops.wage: 30 USD per work h to 60 USD per work h
correlation:
  - {between: [images.golden.bad, launch.fails], spearman: 0.7}
  - {between: [images.golden.bad, staff.ops.wage], kendall: -0.4}
)";

scenario::Loaded load(const std::string& text) {
  scenario::Loaded loaded = scenario::load_text("together.yaml", text);
  CAPTURE(loaded.diagnostics.render());
  REQUIRE(loaded.scenario);
  return loaded;
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[order[i]] = static_cast<double>(i);
  return result;
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const auto x = ranks(a), y = ranks(b);
  const auto n = static_cast<double>(a.size());
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
  return 1 - 6 * squares / (n * (n * n - 1));
}

double kendall(const std::vector<double>& a, const std::vector<double>& b) {
  double concordant = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = i + 1; j < a.size(); ++j)
      concordant += (a[i] - a[j]) * (b[i] - b[j]) > 0 ? 1 : -1;
  const auto n = static_cast<double>(a.size());
  return concordant / (n * (n - 1) / 2);
}

TEST_CASE("drawn inputs have the rank correlations that are stated, however they are sampled") {
  for (const char* sampling : {"random", "antithetic", "sobol"}) {
    CAPTURE(sampling);
    const auto loaded = load(kText + "sampling: " + sampling + "\n");
    const Simulator simulator(loaded);
    constexpr std::size_t kRuns = 4'096;
    std::vector<std::vector<double>> columns(3);
    for (std::uint64_t k = 0; k < kRuns; ++k) {
      const auto uniforms = simulator.draws().uniforms(k);
      for (std::size_t j = 0; j < 3; ++j) columns[j].push_back(uniforms[j]);
    }
    // Standard errors of independent pairs: of Spearman's rho at 0.7 below 0.6 / sqrt(n) (Bonett
    // and Wright 2000), of Kendall's tau below sqrt(0.7 / n); mirrored pairs halve n. Four of them.
    const double n = kRuns / 2.0;
    CHECK(std::abs(spearman(columns[0], columns[1]) - 0.7) < 4 * 0.6 / std::sqrt(n));
    CHECK(std::abs(kendall(columns[0], columns[2]) + 0.4) < 4 * std::sqrt(0.7 / n));
    // The third pair is not stated: its normals have no correlation.
    CHECK(std::abs(spearman(columns[1], columns[2])) < 4 / std::sqrt(n));
    for (auto& column : columns) {
      std::sort(column.begin(), column.end());
      double distance = 0;
      for (std::size_t i = 0; i < kRuns; ++i)
        distance = std::max(distance, std::abs(column[i] - (static_cast<double>(i) + 0.5) / kRuns));
      CHECK(distance < 2.2253 / std::sqrt(n));  // Kolmogorov–Smirnov at 1e-4
    }
  }
}

TEST_CASE("a correlation moves no draw of the first input, nor of those without any") {
  const auto together = load(kText);
  scenario::Loaded apart = load(kText.substr(0, kText.find("correlation:")));
  const Simulator first(together), second(apart);
  for (std::uint64_t k = 0; k < 50; ++k) {
    CHECK(first.draws().uniforms(k)[0] == second.draws().uniforms(k)[0]);
    CHECK(first.draws().uniforms(k)[1] != second.draws().uniforms(k)[1]);
  }
}

TEST_CASE("the resolved scenario says which inputs go together, and loads as the same") {
  const auto loaded = load(kText);
  REQUIRE(loaded.correlations.size() == 2);
  CHECK(loaded.correlations[1].words == "Kendall -0.4");
  const auto again = load(loaded.resolved_yaml);
  REQUIRE(again.correlations.size() == 2);
  CHECK(again.correlations[0].pair.normal == loaded.correlations[0].pair.normal);
}

}  // namespace
}  // namespace rollcast::experiment
