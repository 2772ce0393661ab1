#include "rollcast/scenario/differences.hpp"

#include <doctest/doctest.h>

using namespace rollcast::scenario;

TEST_CASE("two scenarios differ value by value, whatever their comments and their order") {
  const std::string before =
      "seed: 3  # line 1\n"
      "fleet:\n  web: {count: 6, zones: [a, b]}  # line 2\n"
      "objectives:\n  - {name: on time, within: 3 h}\n  - {name: cheap, cost: 10 USD}\n"
      "staff: {}\n";
  const std::string after =
      "fleet:\n  web: {zones: [a, c], count: 8}\n"
      "seed: 3  # --set\n"
      "objectives:\n  - {name: cheap, cost: 10 USD}\n  - {name: on time, within: 4 h}\n"
      "staff: {ops: {people: 2}}\n";
  CHECK(differences(before, before).empty());
  const std::vector<ValueDifference> expected{{"fleet.web.count", "6", "8"},
                                              {"fleet.web.zones", "[a, b]", "[a, c]"},
                                              {"objectives.on time.within", "3 h", "4 h"},
                                              {"staff", "{}", ""},
                                              {"staff.ops.people", "", "2"}};
  CHECK((differences(before, after) == expected));
}
