#include "rollcast/experiment/precision.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "make.hpp"
#include "rollcast/experiment/runner.hpp"

namespace rollcast::experiment {
namespace {

using model::Metric;
using model::PrecisionTarget;

PrecisionTarget target(PrecisionTarget::Of of, Metric metric, double width, bool relative) {
  PrecisionTarget made;
  made.of = of;
  made.metric = metric;
  made.level = 90;
  made.half_width = width;
  made.relative = relative;
  return made;
}

std::uint64_t replications_with(const std::vector<PrecisionTarget>& targets, unsigned jobs,
                                std::uint64_t most) {
  std::vector<Samples> samples(2);
  StoppingRule rule(targets, most, kBlockSize);
  Hooks hooks;
  hooks.keep = [&](const Block& block) {
    for (std::uint64_t offset = 0; offset < block.replications; ++offset)
      for (std::size_t i = 0; i < 2; ++i) append(samples[i], block.at(offset, i));
  };
  hooks.enough = [&] { return rule.plan(samples); };
  const RunEnd end = run_replications({2, most, kBlockSize, jobs}, testing::made_up, hooks);
  CHECK_FALSE(end.interrupted);
  CHECK(end.replications == samples[0].replications);
  return end.replications;
}

TEST_CASE("a run does not end below its precision and its cap") {
  // Where it looks, so many more are thought to do; some of these are a few too few.
  for (int step = 0; step < 30; ++step) {
    const std::vector<PrecisionTarget> targets{
        target(PrecisionTarget::Of::quantile, Metric::ready_time, 0.012 + 0.001 * step, true)};
    const std::uint64_t made = replications_with(targets, 1, 100'000);
    CHECK(made < 100'000);
    const std::vector<Samples> samples{testing::samples_of(0, made), testing::samples_of(1, made)};
    for (const PrecisionReached& one : precision_reached(targets, samples)) CHECK(one.reached);
  }
}

TEST_CASE("a run stops where all estimates are precise enough, whatever the number of threads") {
  // The 90 % quantile of 1,000 s and an exponential time of 100 s, one in twenty not reached.
  const std::vector<PrecisionTarget> targets{
      target(PrecisionTarget::Of::quantile, Metric::ready_time, 0.02, true),
      target(PrecisionTarget::Of::mean, Metric::cost_ranked, 0.02, false)};
  const std::uint64_t alone = replications_with(targets, 1, 100'000);
  CHECK(alone > 500);
  CHECK(alone < 20'000);
  CHECK(alone % kBlockSize == 0);
  CHECK(replications_with(targets, 2, 100'000) == alone);
  CHECK(replications_with(targets, 5, 100'000) == alone);
  const std::vector<Samples> samples{testing::samples_of(0, alone), testing::samples_of(1, alone)};
  for (const PrecisionReached& one : precision_reached(targets, samples)) {
    CHECK(one.reached);
    CHECK(*one.half_width <= targets[one.target].half_width);
  }
}

TEST_CASE("a cap ends a run that is not precise enough, and tells what it would take") {
  const std::vector<PrecisionTarget> targets{
      target(PrecisionTarget::Of::mean, Metric::cost_ranked, 1e-4, false)};
  CHECK(replications_with(targets, 2, 1'050) == 1'050);
  const std::vector<Samples> samples{testing::samples_of(0, 1'000)};
  const auto found = precision_reached(targets, samples);
  REQUIRE(found.size() == 1);
  CHECK_FALSE(found[0].reached);
  // A uniform cost: 1.96 / sqrt(12 n) wide.
  CHECK(*found[0].half_width == doctest::Approx(1.96 / std::sqrt(12'000.0)).epsilon(0.05));
  CHECK(static_cast<double>(*found[0].needed) ==
        doctest::Approx(1'000 * std::pow(*found[0].half_width / 1e-4, 2)));
}

TEST_CASE("what no replication can tell more precisely does not hold a run up, or never ends it") {
  std::vector<Samples> samples{testing::samples_of(0, 1'000)};
  auto& ready = samples[0].metrics[static_cast<std::size_t>(Metric::ready_time)];
  const auto mean = target(PrecisionTarget::Of::mean, Metric::ready_time, 1.0, false);
  CHECK_FALSE(precision_reached({mean}, samples)[0].half_width);
  CHECK_FALSE(precision_reached({mean}, samples)[0].reached);
  for (double& value : ready) value = model::kNotReached;
  const auto p90 = target(PrecisionTarget::Of::quantile, Metric::ready_time, 0.01, true);
  CHECK(precision_reached({p90}, samples)[0].reached);
}

TEST_CASE("the precision of an objective's probability is that of its exact interval") {
  std::vector<Samples> samples{testing::samples_of(0, 1'000)};
  const auto wide = target(PrecisionTarget::Of::objective, {}, 0.05, false);
  const auto fine = target(PrecisionTarget::Of::objective, {}, 0.001, false);
  const auto found = precision_reached({wide, fine}, samples);
  CHECK(found[0].reached);
  CHECK_FALSE(found[1].reached);
  CHECK(*found[1].needed > 100'000);
}

}  // namespace
}  // namespace rollcast::experiment
