/// The closed-form cases of statistics, selection, variance and generators: every case of these
/// groups is checked by the numbers in the file, and a case without a check fails.
#include <doctest/doctest.h>

#include <Random123/philox.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rollcast/stats/interval.hpp"
#include "rollcast/stats/proportion.hpp"
#include "rollcast/stats/quantile.hpp"
#include "rollcast/stats/selection.hpp"

namespace rollcast::stats {
namespace {

using nlohmann::json;

constexpr double kTight = 1e-9;

void near(double value, const json& expected, double tolerance = kTight) {
  CAPTURE(value);
  CAPTURE(expected.dump());
  CHECK(std::abs(value - expected.get<double>()) <= tolerance);
}

/// The numbers in a key: "n1000_p0.95" is {1000, 0.95}.
std::vector<double> numbers_in(const std::string& key) {
  std::vector<double> numbers;
  for (const char* at = key.c_str(); *at != '\0';) {
    char* end = nullptr;
    const double number = *at >= '0' && *at <= '9' ? std::strtod(at, &end) : 0.0;
    if (end != nullptr) numbers.push_back(number);
    at = end != nullptr ? end : at + 1;
  }
  return numbers;
}

void quantile_ranks_case(const json& expected) {
  for (const auto& item : expected.items()) {
    const std::string& key = item.key();
    const json& value = item.value();
    CAPTURE(key);
    const auto of = numbers_in(key);
    const RankInterval ranks = quantile_ranks(static_cast<std::uint64_t>(of[0]), of[1]);
    CHECK(ranks.low == value["l"]);
    CHECK(ranks.high == value["u"]);
    near(ranks.coverage, value["coverage"]);
  }
}

void wilks_case(const json& expected) {
  for (const auto& item : expected.items()) {
    const std::string& key = item.key();
    const json& value = item.value();
    CAPTURE(key);
    const auto of = numbers_in(key);
    CHECK(wilks_sample_size(of[0], of[1], static_cast<std::uint64_t>(of[2])) == value);
  }
}

void proportion_case(const json& expected) {
  const auto check = [](Interval interval, const json& ends) {
    near(interval.low, ends[0]);
    near(interval.high, ends[1]);
  };
  check(clopper_pearson(0, 1000), expected["CP_0_1000"]);
  check(clopper_pearson(3, 100), expected["CP_3_100"]);
  check(clopper_pearson(50, 100), expected["CP_50_100"]);
  check(wilson(3, 100), expected["Wilson_3_100"]);
  check(wilson(0, 1000), expected["Wilson_0_1000"]);
  near(proportion_at_most(0, 1000), expected["one_sided95_upper_0_of_1000"]);
}

void critical_values_case(const json& expected) {
  near(student_t_quantile(9, 0.95), expected["t_9_95"]);
  near(student_t_quantile(9, 0.975), expected["t_9_975"]);
  near(student_t_quantile(29, 0.975), expected["t_29_975"]);
  near(student_t_quantile(99, 0.995), expected["t_99_995"]);
  near(normal_quantile(0.975), expected["z_975"]);
  near(normal_quantile(0.999999), expected["z_999999"]);
}

void kim_nelson_case(const json& expected) {
  for (const auto& item : expected.items()) {
    const std::string& key = item.key();
    const json& value = item.value();
    CAPTURE(key);  // k5_n010_a0.05: 5 alternatives, a first stage of 10
    const auto of = numbers_in(key);
    const KnConstants constants =
        kn_constants(static_cast<std::size_t>(of[0]), static_cast<std::uint64_t>(of[1]), of[2]);
    near(constants.eta, value["eta"]);
    near(constants.h_squared, value["h2"]);
  }
}

void rinott_case(const json& expected) {
  for (const auto& item : expected.items()) {
    const std::string& key = item.key();
    const json& value = item.value();
    CAPTURE(key);
    const auto of = numbers_in(key);
    near(rinott_constant(of[0], static_cast<std::uint64_t>(of[1]), static_cast<std::size_t>(of[2])),
         value, 1e-3);
  }
}

void ocba_case(const json& expected) {
  std::vector<double> means;
  for (int i = 0; i < 10; ++i) means.push_back(i);
  const auto shares = ocba_shares(means, std::vector<double>(10, 6.0));
  for (std::size_t i = 0; i < 10; ++i) near(shares[i], expected["fractions"][i]);
}

void philox_32_case(const json& expected) {
  constexpr std::uint32_t kAll = 0xffffffffU;
  const auto check = [](r123::Philox4x32::ctr_type counter, r123::Philox4x32::key_type key,
                        const json& words) {
    const auto block = r123::Philox4x32()(counter, key);
    char text[40];
    (void)std::snprintf(text, sizeof text, "%08x %08x %08x %08x", block[0], block[1], block[2],
                        block[3]);
    CHECK(words == text);
  };
  check({{0, 0, 0, 0}}, {{0, 0}}, expected["ctr=0,key=0"]);
  check({{kAll, kAll, kAll, kAll}}, {{kAll, kAll}}, expected["ctr=ff..,key=ff.."]);
  check({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}},
        expected["ctr=243f6a88 85a308d3 13198a2e 03707344,key=a4093822 299f31d0"]);
}

TEST_CASE("every closed-form case of statistics, selection, variance and generators is checked") {
  const std::map<std::string, std::function<void(const json&)>> kChecks{
      {"T01", quantile_ranks_case}, {"T02", wilks_case},
      {"T03", proportion_case},     {"T05", critical_values_case},
      {"K01", kim_nelson_case},     {"K03", rinott_case},
      {"K04", ocba_case},           {"G01", philox_32_case}};
  // Simulated, or of another layer: their tests bear the case's name (closed_form.cpp,
  // variance.cpp, tests/random/test_stream.cpp).
  const std::set<std::string> kElsewhere{"T08", "V01", "V02", "G02"};
  const std::set<std::string> kGroups{"statistics", "selection", "variance", "rng"};
  std::ifstream file{ROLLCAST_SOURCE_DIR "/tests/theory/closed-form.json"};
  std::size_t found = 0;
  const json all = json::parse(file);
  for (const json& one : all["cases"]) {
    if (!kGroups.contains(one["group"])) continue;
    const std::string id = one["id"];
    CAPTURE(id);
    ++found;
    const auto check = kChecks.find(id);
    CHECK((check != kChecks.end()) != kElsewhere.contains(id));
    if (check != kChecks.end()) check->second(one["expected"]);
  }
  CHECK(found == kChecks.size() + kElsewhere.size());
}

}  // namespace
}  // namespace rollcast::stats
