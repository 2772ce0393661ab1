/// The arithmetic of the tools, row by row: from their manuals and from their own tests.
#include "rollcast/model/rollout_policy.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace rollcast;
using namespace rollcast::model::policy;
using std::chrono::minutes;

namespace {

using Counts = std::vector<std::int64_t>;

Amount percent(double percentage) {
  return Amount::percent(percentage);
}
Amount instances(std::int64_t count) {
  return Amount::of(count);
}

}  // namespace

TEST_CASE("Kubernetes: surge rounds up, unavailable down, nothing is 0, and both 0 leave one") {
  struct Row {
    std::optional<Amount> surge, unavailable;
    std::int64_t desired;
    Bounds bounds;
  };
  const std::vector<Row> rows{
      {percent(39), percent(39), 10, {4, 3}},    {std::nullopt, percent(39), 10, {0, 3}},
      {percent(39), std::nullopt, 10, {4, 0}},   {percent(0), percent(0), 0, {0, 1}},
      {percent(25), percent(25), 4, {1, 1}},     {percent(25), percent(25), 10, {3, 2}},
      {percent(0), percent(1), 2, {0, 1}},       {percent(1), percent(25), 1, {1, 0}},
      {percent(1), percent(25), 2, {1, 0}},      {instances(2), instances(3), 10, {2, 3}},
      {percent(29), percent(29), 100, {29, 29}}, {percent(100), percent(100), 7, {7, 7}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.desired);
    CHECK(kubernetes_bounds(row.surge, row.unavailable, row.desired) == row.bounds);
  }
}

TEST_CASE("Kubernetes: how far the new version may grow") {
  struct Row {
    std::int64_t surge, old, fresh, launched;
  };
  for (const Row& row :
       std::vector<Row>{{0, 10, 0, 0}, {2, 10, 0, 2}, {2, 5, 0, 7}, {2, 10, 2, 0}, {3, 0, 4, 6}}) {
    CAPTURE(row.old);
    const Rolling now{10, row.fresh, row.fresh, row.old, row.old};
    CHECK(may_launch(now, {row.surge, 0}, 10) == row.launched);
  }
}

TEST_CASE("Kubernetes: how far the old version may shrink, the unhealthy first") {
  struct Row {
    std::int64_t unavailable, old, old_available, fresh, fresh_available;
    Removals removals;
  };
  const std::vector<Row> rows{
      {0, 10, 10, 0, 0, {0, 0}},                            // 10 available are due
      {2, 10, 10, 0, 0, {0, 2}}, {2, 10, 8, 0, 0, {2, 0}},  // the two that are unhealthy
      {2, 10, 9, 0, 0, {1, 1}},  {2, 8, 8, 2, 0, {0, 0}},   // new ones that are not available yet
      {2, 8, 7, 5, 0, {0, 0}},                              // and one old one fails meanwhile
      {2, 8, 8, 5, 1, {0, 1}},   {0, 10, 10, 1, 1, {0, 1}},
      {20, 3, 3, 0, 0, {0, 3}},  // more than there are
  };
  for (const Row& row : rows) {
    CAPTURE(row.old_available);
    const Rolling now{10, row.fresh, row.fresh_available, row.old, row.old_available};
    CHECK(may_remove(now, {0, row.unavailable}, 0) == row.removals);
  }
  CHECK(may_remove(Rolling{10, 0, 0, 10, 10}, {0, 5}, 7) == Removals{0, 3});
}

TEST_CASE("a managed instance group takes counts, and leaves open which way a share rounds") {
  CHECK(mig_bounds(percent(15), percent(15), 10, Rounding::up) == Bounds{2, 2});
  CHECK(mig_bounds(percent(15), percent(15), 10, Rounding::down) == Bounds{1, 1});
  CHECK(mig_bounds(instances(3), instances(0), 30, Rounding::up) == Bounds{3, 0});
}

TEST_CASE("Argo Rollouts: replicas nearest to a weight without traffic splitting") {
  struct Row {
    std::int64_t desired, weight, surge;
    CanaryCounts counts;
  };
  const std::vector<Row> rows{
      {1, 50, 0, {1, 0}},    {1, 49, 1, {1, 1}},  {2, 1, 1, {1, 2}},    {3, 25, 0, {1, 2}},
      {3, 33, 1, {1, 2}},    {10, 15, 0, {2, 8}}, {10, 18, 1, {2, 9}},  {10, 24, 1, {3, 8}},
      {10, 100, 1, {10, 0}}, {0, 50, 1, {0, 0}},  {10, 0, 1, {0, 10}},  {1, 49, 0, {0, 1}},
      {1, 51, 0, {1, 0}},    {1, 0, 0, {0, 1}},   {1, 100, 1, {1, 0}},  {1, 1, 1, {1, 1}},
      {1, 99, 1, {1, 1}},    {2, 50, 0, {1, 1}},  {2, 50, 1, {1, 1}},   {2, 99, 0, {1, 1}},
      {3, 50, 0, {2, 1}},    {10, 10, 1, {1, 9}}, {10, 20, 1, {2, 8}},  {10, 5, 0, {1, 9}},
      {10, 19, 0, {2, 8}},   {10, 25, 0, {3, 7}}, {10, 95, 0, {0, 10}}, {4, 20, 0, {1, 3}},
      {3, 99, 0, {2, 1}},    {5, 20, 1, {1, 4}},  {10, 30, 3, {3, 7}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.desired);
    CAPTURE(row.weight);
    CAPTURE(row.surge);
    CHECK(argo_counts(row.desired, row.weight, row.surge) == row.counts);
  }
}

TEST_CASE(
    "Argo Rollouts: with traffic splitting the canary rounds up and the stable version stays") {
  CHECK(argo_counts_with_traffic(10, 15) == CanaryCounts{2, 10});
  CHECK(argo_counts_with_traffic(10, 10) == CanaryCounts{1, 10});
  CHECK(argo_counts_with_traffic(3, 1) == CanaryCounts{1, 3});
  CHECK(argo_counts_with_traffic(10, 0) == CanaryCounts{0, 10});
  CHECK(argo_counts_with_traffic(10, 100) == CanaryCounts{10, 10});
}

TEST_CASE("Argo Rollouts: an analysis ends with one over a limit") {
  constexpr auto pass = Measurement::successful, fail = Measurement::failed,
                 open = Measurement::inconclusive, error = Measurement::error;
  CHECK(argo_verdict({fail}, 3, {}) == Verdict::failed);
  CHECK(argo_verdict({pass, fail}, 3, {1, 0, 4}) == Verdict::running);
  CHECK(argo_verdict({pass, fail, fail}, 5, {1, 0, 4}) == Verdict::failed);
  CHECK(argo_verdict({open}, 3, {}) == Verdict::inconclusive);
  CHECK(argo_verdict({error, error, error, error}, 1, {}) == Verdict::running);
  CHECK(argo_verdict({error, error, error, error, error}, 1, {}) == Verdict::error);
  CHECK(argo_verdict({error, error, error, error, pass, error}, 2, {}) == Verdict::running);
  CHECK(argo_verdict({pass, pass}, 2, {}) == Verdict::successful);
  CHECK(argo_verdict({fail, pass}, 2, {1, 0, 4}) == Verdict::successful);
}

TEST_CASE("Ansible: the batches of serial") {
  CHECK(ansible_batches({instances(1), instances(2), instances(3)}, 10) == Counts{1, 2, 3, 3, 1});
  CHECK(ansible_batches({percent(20)}, 10) == Counts{2, 2, 2, 2, 2});
  CHECK(ansible_batches({percent(20)}, 11) == Counts{2, 2, 2, 2, 2, 1});
  CHECK(ansible_batches({percent(20)}, 3) == Counts{1, 1, 1});
  CHECK(ansible_batches({instances(1), percent(30), percent(30), percent(100)}, 37) ==
        Counts{1, 11, 11, 14});
  CHECK(ansible_batches({instances(2), percent(20)}, 10) == Counts{2, 2, 2, 2, 2});
  CHECK(ansible_batches({instances(15)}, 10) == Counts{10});
  CHECK(ansible_batches({}, 10) == Counts{10});
  CHECK(ansible_batches({instances(-1)}, 10) == Counts{10});
  CHECK(ansible_batches({instances(1), instances(0)}, 10) == Counts{1, 9});
  CHECK(ansible_batches({percent(30)}, 10) == Counts{3, 3, 3, 1});
  CHECK(ansible_batches({instances(1)}, 0).empty());
}

TEST_CASE("Ansible: the play ends strictly above the percentage, and when a whole batch failed") {
  CHECK_FALSE(ansible_stops(2, 10, 20.0));
  CHECK(ansible_stops(3, 10, 20.0));
  CHECK_FALSE(ansible_stops(2, 4, 50.0));
  CHECK(ansible_stops(2, 4, 49.0));
  CHECK(ansible_stops(1, 4, 0.0));
  CHECK_FALSE(ansible_stops(3, 4, std::nullopt));
  CHECK(ansible_stops(4, 4, std::nullopt));
  CHECK(ansible_stops(1, 1, 100.0));
}

TEST_CASE("CodeDeploy: minimum healthy hosts and how many are deployed to at once") {
  CHECK(codedeploy_half_at_a_time(9) == 5);
  CHECK(codedeploy_concurrency(9, codedeploy_half_at_a_time(9)) == 4);
  CHECK(codedeploy_minimum(percent(95), 10) == 10);
  CHECK(codedeploy_concurrency(10, 10) == 0);
  CHECK(codedeploy_minimum(percent(40), 9) == 4);
  CHECK(codedeploy_concurrency(9, 4) == 5);
  CHECK(codedeploy_minimum(percent(99), 200) == 198);
  CHECK(codedeploy_concurrency(200, 198) == 2);
  CHECK(codedeploy_minimum(percent(75), 3) == 3);
  CHECK(codedeploy_concurrency(3, 3) == 0);
  CHECK(codedeploy_concurrency(9, codedeploy_minimum(instances(6), 9)) == 3);
  CHECK(codedeploy_one_at_a_time(9) == 8);
  CHECK(codedeploy_half_at_a_time(10) == 5);
  CHECK(codedeploy_half_at_a_time(1) == 1);
}

TEST_CASE("CodeDeploy: when a deployment fails, and that its last host may") {
  CHECK(codedeploy_state(10, 0, 0, 0, 10) == DeploymentState::failed);  // none can be deployed to
  CHECK(codedeploy_state(3, 0, 0, 0, 3) == DeploymentState::failed);
  CHECK(codedeploy_state(9, 0, 1, 0, 8) == DeploymentState::failed);  // the first of one at a time
  CHECK(codedeploy_state(9, 8, 1, 0, 8) == DeploymentState::succeeded);  // the last may
  CHECK(codedeploy_state(9, 0, 3, 1, 5) == DeploymentState::running);
  CHECK(codedeploy_state(9, 0, 4, 0, 5) == DeploymentState::failed);
  CHECK(codedeploy_state(9, 5, 4, 0, 5) == DeploymentState::succeeded);
  CHECK(codedeploy_state(2, 0, 2, 0, 0) == DeploymentState::failed);  // one success at least
  CHECK(codedeploy_state(2, 1, 1, 0, 0) == DeploymentState::succeeded);
}

TEST_CASE("CodeDeploy: linear traffic is full after nine intervals, a canary after one") {
  const auto linear = linear_traffic(10, minutes(3));
  REQUIRE(linear.size() == 10);
  CHECK(linear.front() == TrafficStep{minutes(0), 0.1});
  CHECK(linear.back().after == minutes(27));
  CHECK(linear.back().share == doctest::Approx(1.0));
  const auto canary = canary_traffic(10, minutes(5));
  REQUIRE(canary.size() == 2);
  CHECK(canary[0] == TrafficStep{minutes(0), 0.1});
  CHECK(canary[1] == TrafficStep{minutes(5), 1.0});
  CHECK(linear_traffic(30, minutes(1)).size() == 4);
}

TEST_CASE("instance refresh: the minimum rounds up; at 100 % it launches before it terminates") {
  CHECK(instance_refresh_bounds(90, 100, 10) == Bounds{0, 1});
  CHECK(instance_refresh_bounds(80, 100, 10) == Bounds{0, 2});
  CHECK(instance_refresh_bounds(90, 100, 4) == Bounds{0, 1});  // none would be: one is
  CHECK(instance_refresh_bounds(100, 100, 10) == Bounds{1, 0});
  CHECK(instance_refresh_bounds(100, 110, 30) == Bounds{3, 0});
  CHECK(instance_refresh_bounds(100, 200, 10) == Bounds{10, 0});
  CHECK(instance_refresh_bounds(90, 120, 10) == Bounds{2, 1});
  CHECK(instance_refresh_bounds(0, 100, 10) == Bounds{0, 10});
  CHECK(instance_refresh_checkpoints({20, 50}, 10) == Counts{2, 5});
  CHECK(instance_refresh_checkpoints({1, 50, 100}, 11) == Counts{1, 6, 11});
}

TEST_CASE("scale sets: batches of a percentage, rounded down, at least one") {
  CHECK(vmss_batches(20, 1) == Counts{1});
  CHECK(vmss_batches(20, 5) == Counts{1, 1, 1, 1, 1});
  CHECK(vmss_batches(20, 10) == Counts{2, 2, 2, 2, 2});
  CHECK(vmss_batches(20, 9) == Counts(9, 1));
  CHECK(vmss_batches(20, 100) == Counts(5, 20));
  CHECK(vmss_batches(20, 12) == Counts(6, 2));
  CHECK(vmss_batches(30, 10) == Counts{3, 3, 3, 1});
}

TEST_CASE("Flagger: weights up to the maximum, then the promotion") {
  CHECK(flagger_weights(20, 50) == Counts{20, 40, 60});
  CHECK(flagger_weights(10, 50) == Counts{10, 20, 30, 40, 50});
  CHECK(flagger_weights(60, 100) == Counts{60, 100});
  CHECK(flagger_weights(100, 100) == Counts{100});
  CHECK(flagger_promotion(minutes(1), 20, 50) == minutes(3));
  CHECK(flagger_promotion(minutes(1), 5, 50) == minutes(10));
  CHECK(flagger_rollback(minutes(1), 10) == minutes(10));
}

TEST_CASE("Spinnaker: new instances of every step, 100 % appended") {
  CHECK(spinnaker_targets({1, 33, 66}, 7) == Counts{1, 3, 5, 7});
  CHECK(spinnaker_targets({50, 100}, 10) == Counts{5, 10});
  CHECK(spinnaker_targets({}, 10) == Counts{10});
}

TEST_CASE("waves grow exponentially until everything is updated") {
  const auto shares = growing_shares(2, 2);
  REQUIRE(shares.size() == 6);
  CHECK(shares == std::vector<double>{2, 6, 14, 30, 62, 100});
  CHECK(growing_groups(21, 2, 2) == Counts{2, 4, 8, 7});
  CHECK(growing_groups(5, 1, 1) == Counts{1, 1, 1, 1, 1});
  CHECK(growing_groups(0, 1, 2).empty());
}
