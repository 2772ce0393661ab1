/// Distributions the way people write them: the numbers they stand for, and CSV tables.
#include "rollcast/scenario/distributions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "rollcast/random/counts.hpp"

using namespace rollcast;
using scenario::Quantity;

namespace {

tl::expected<std::shared_ptr<const scenario::CsvTable>, std::string> table(std::string_view path) {
  if (path != "data/launch.csv") return tl::make_unexpected(std::string{"there is no such file"});
  auto parsed = scenario::parse_csv(
      "kind,seconds,outcome\n\"image only\",100,ok\n\"image "
      "only\",300,ok\nscript,900,ok\nscript,,failed\n");
  REQUIRE(parsed.has_value());
  return std::make_shared<const scenario::CsvTable>(std::move(*parsed));
}

random::Distribution read(std::string_view text, Quantity quantity = Quantity::elapsed) {
  CAPTURE(std::string{text});
  const auto result = scenario::parse_distribution(text, quantity, table);
  if (!result) FAIL(result.error().message);
  return *result;
}

std::string failure(std::string_view text, Quantity quantity = Quantity::elapsed) {
  const auto result = scenario::parse_distribution(text, quantity, table);
  if (result) return "read";
  const TextError& error = result.error();
  REQUIRE(error.offset + error.length <= text.size());
  return std::string{text.substr(error.offset, error.length)} + "|" + error.message;
}

doctest::Approx near(double value) {
  return doctest::Approx(value).epsilon(1e-9);
}

}  // namespace

TEST_CASE("a value is always the same") {
  CHECK(read("4 min").is_constant());
  CHECK(read("1 h 30 min").mean() == near(5400));
  CHECK(read("2 workdays", Quantity::effort).mean() == near(57600));
}

TEST_CASE("a range of elapsed time is uniform, also with the unit written once") {
  for (const std::string_view text :
       {"3 min to 5 min", "3 to 5 min", "uniform(3 min, 5 min)", "uniform(from 3 min, to 5 min)"}) {
    const auto distribution = read(text);
    CHECK(distribution.support().first == near(180));
    CHECK(distribution.support().second == near(300));
    CHECK(distribution.quantile(0.25) == near(210));
  }
}

TEST_CASE("a fixed amount can be added to what varies") {
  for (const std::string_view text :
       {"2 min + exponential(3 min)", "exponential(rate 20 per h) + 120 s",
        "1 min + 1 min + exponential(mean 3 min)"}) {
    const auto distribution = read(text);
    CHECK(distribution.mean() == near(300));
    CHECK(distribution.support().first == near(120));
    CHECK(distribution.quantile(0.5) == near(120 + 180 * std::log(2)));
  }
  CHECK(read("erlang(shape 3, mean 5 h)").variance() == near(25 * 3600.0 * 3600 / 3));
  CHECK(read("2 min+exponential(3 min)").mean() == near(300));
  CHECK(
      failure("uniform(1 min, 2 min) + exponential(3 min)") ==
      "uniform(1 min, 2 min) + exponential(3 min)|only a fixed amount can be added to what varies");
  CHECK(failure("3 min to 5 min + 2 min") ==
        "3 min to 5 min + 2 min|`3 min to 5 min + 2 min` can be read in two ways");
  CHECK(failure("erlang(shape 2.5, mean 5 h)") == "2.5|the shape `2.5` is no whole number");
  CHECK(failure("exponential(rate 2 per h)", Quantity::effort) ==
        "2 per h|only lengths of elapsed time can be given by a rate");
}

TEST_CASE("counts have distributions of their own, which begin where they say") {
  const auto same = [](const random::Distribution& a, const random::Distribution& b) {
    for (const double u : {0.01, 0.3, 0.5, 0.9, 0.999}) CHECK(a.quantile(u) == b.quantile(u));
    CHECK(a.mean() == b.mean());
  };
  const auto count = [](std::string_view text) { return read(text, Quantity::count); };
  same(count("poisson(mean 4.13)"), *random::poisson(4.13));
  same(count("poisson(4.13, from 1)"), *random::poisson(4.13, 1));
  same(count("geometric(mean 4, from 1)"), *random::geometric(4, 1));
  same(count("negative binomial(mean 4, size 0.5)"), *random::negative_binomial(4, 0.5));
  same(count("binomial(trials 12, mean 4)"), *random::binomial(4, 12));
  CHECK(failure("poisson(mean 4 min)", Quantity::count).find("a plain number is due") !=
        std::string::npos);
  CHECK(failure("poisson(size 4)", Quantity::count) == "size 4|`poisson` has no parameter `size`");
  CHECK(failure("negative binomial(mean 4)", Quantity::count) ==
        "negative binomial(mean 4)|`negative binomial` is not given by these parameters");
  CHECK(failure("poisson(mean 4, 5)", Quantity::count) == "5|the mean is given twice");
  CHECK(failure("geometric(mean 4, from 0.5)", Quantity::count) ==
        "0.5|`0.5` is no whole number of at least 0");
  CHECK(failure("geometric(mean 1, from 1)", Quantity::count) ==
        "geometric(mean 1, from 1)|the mean 1 must be greater than the least value 1");
  // Times are no counts.
  CHECK(failure("poisson(mean 4)") == "poisson|unknown distribution `poisson`");
}

TEST_CASE("the named forms have the moments and quantiles that they are written with") {
  CHECK(read("lognormal(median 4 min, p95 9 min)").quantile(0.5) == near(240));
  CHECK(read("lognormal(median 4 min, p95 9 min)").quantile(0.95) == near(540));
  CHECK(read("lognormal(p95 9 min, median 4 min)").quantile(0.95) == near(540));
  CHECK(read("lognormal(mean 10 min, sd 5 min)").mean() == near(600));
  CHECK(std::sqrt(read("lognormal(mean 10 min, sd 5 min)").variance()) == near(300));
  CHECK(read("lognormal(mu .68, sigma 1.03, unit h)").quantile(0.5) == near(3600 * std::exp(0.68)));
  CHECK(read("90 % between 2 h and 6 h").quantile(0.05) == near(7200));
  CHECK(read("90 % between 2 h and 6 h").quantile(0.95) == near(21600));
  CHECK(read("50 % between 2 h and 6 h").quantile(0.25) == near(7200));
  CHECK(read("triangular(1 d, 1.2 d, 2 d)").mean() == near(86400 * (1 + 1.2 + 2) / 3));
  CHECK(read("pert(1 h, 2 h, 6 h)").mean() == near(3600 * (1 + 4 * 2 + 6) / 6.0));
  CHECK(read("exponential(2000 h)").mean() == near(7.2e6));
  CHECK(read("exponential(mean 2000 h)").mean() == near(7.2e6));
  CHECK(read("gamma(shape 2, mean 5 h)").mean() == near(18000));
  CHECK(read("gamma(shape 2, scale 5 h)").mean() == near(36000));
  CHECK(read("weibull(shape 1, scale 14 h)").mean() == near(50400));
  CHECK(read("uniform(8 work h, 16 work h)", Quantity::effort).mean() == near(43200));
}

TEST_CASE("a normal length of time is never negative") {
  const auto distribution = read("normal(mean 1 min, sd 1 min)");
  CHECK(distribution.support().first >= 0.0);
  CHECK(distribution.mean() > 60.0);
}

TEST_CASE("mixtures weigh their parts, with a colon or with of") {
  CHECK(read("mixture(95 %: 3 min to 5 min, 5 %: 20 min)").mean() ==
        near(0.95 * 240 + 0.05 * 1200));
  CHECK(read("mixture(50 % of uniform(1 min, 3 min), 50 % of 4 min)").mean() == near(180));
  CHECK(failure("mixture(95 % of 3 min, 10 % of 20 min)") ==
        "mixture(95 % of 3 min, 10 % of 20 min)|the parts of the mixture add up to 105 %, not to "
        "100 %");
}

TEST_CASE("measured columns are filtered, and their numbers are drawn alike") {
  const auto images =
      read("empirical(data/launch.csv, column seconds, unit s, where kind = \"image only\")");
  CHECK(images.mean() == near(200));
  CHECK(read("empirical(data/launch.csv, column seconds, unit min, where outcome = ok)").mean() ==
        near(60 * 1300.0 / 3));
  CHECK(read("empirical(data/launch.csv, column seconds, unit s, where outcome != failed, where "
             "kind = script)")
            .mean() == near(900));
  CHECK(failure("empirical(data/launch.csv, column seconds, unit s)")
            .find("|the table has nothing in column `seconds` of line 5") != std::string::npos);
  CHECK(failure("empirical(data/other.csv, column x, unit s)") ==
        "data/other.csv|there is no such file");
}

TEST_CASE("shares can be uncertain too") {
  CHECK(read("20 % to 60 %", Quantity::share).mean() == near(0.4));
  CHECK(read("50 %", Quantity::share).mean() == near(0.5));
  CHECK(read("lognormal(median 50 %, p95 90 %)", Quantity::share).support().second <= 1.0);
  CHECK(failure("0.5", Quantity::share) == "0.5|`0.5` has no unit; a share is written in percent");
}

TEST_CASE("what is wrong is marked exactly") {
  CHECK(failure("uniform(3 min, 5 mins)") == "mins|unknown unit `mins`");
  CHECK(failure("lognormal(median 4 min, p95 2 min)") ==
        "2 min|the p95 `2 min` does not lie above the median `4 min`");
  CHECK(failure("triangular(1 h, 3 h, 2 h)") ==
        "2 h|`2 h` does not lie above `3 h`: the range is empty");
  CHECK(failure("exponential(0 s)") == "0 s|the mean `0 s` is not above 0");
  CHECK(failure("gamma(shape 0, mean 5 h)") == "0|the shape `0` is not above 0");
  CHECK(failure("normal(mean 4 min, sd 30)") ==
        "30|`30` has no unit; a length of elapsed time is due");
  CHECK(failure("5 min to 5 min").find("is empty") != std::string::npos);
  CHECK(failure("8 work h to 16 work h", Quantity::effort)
            .find("does not say how the work is spread") != std::string::npos);
  CHECK(failure("uniform(1 h, 2 h), 3 h").find("|") != std::string::npos);
  CHECK(failure("uniform()").find("is not given by these parameters") != std::string::npos);
  CHECK(failure("uniform(1 h, 2 h, 3 h)").find("is not given by these parameters") !=
        std::string::npos);
}

TEST_CASE("no text makes the reader fall") {
  for (const std::string_view text :
       {"",
        " ",
        "(",
        ")",
        "()",
        "a()",
        "uniform(",
        "uniform(,)",
        "uniform(,,,)",
        "mixture()",
        "mixture(%)",
        "mixture(5 %)",
        "mixture(100 % of )",
        "empirical()",
        "empirical(,)",
        "empirical(data/launch.csv, where =)",
        "90 % between ",
        "90 % between 1 h and",
        " to ",
        "1 to ",
        " to 2 h",
        "x to y",
        "lognormal(median)",
        "lognormal(mu, sigma, unit)",
        "lognormal(mu 1, sigma 1, unit )",
        "exponential(\"",
        "uniform(1 h 2 h)",
        "1 h to 2 h to 3 h",
        "%",
        "1e309 h",
        "mixture(100 % of mixture(100 % of mixture(100 % of mixture(100 % of mixture(100 % of "
        "mixture(100 % of mixture(100 % of "
        "mixture(100 % of mixture(100 % of mixture(100 % of 1 s))))))))))"}) {
    CAPTURE(std::string{text});
    for (const Quantity quantity : {Quantity::elapsed, Quantity::effort, Quantity::share}) {
      CHECK(failure(text, quantity) != "read");
    }
  }
}

TEST_CASE("CSV follows RFC 4180 and is strict") {
  const auto good = scenario::parse_csv("a,\"b \"\"c\"\"\"\r\n1,\"x,\ny\"\r\n,\r\n");
  REQUIRE(good.has_value());
  CHECK(good->header == std::vector<std::string>{"a", "b \"c\""});
  REQUIRE(good->rows.size() == 2);
  CHECK(good->rows[0][1] == "x,\ny");
  CHECK(good->rows[1][0].empty());
  CHECK(good->lines == std::vector<std::size_t>{2, 4});
  const auto problem = [](std::string_view text) {
    const auto table_of = scenario::parse_csv(text);
    return table_of ? std::string{"read"}
                    : std::to_string(table_of.error().line) + ": " + table_of.error().message;
  };
  CHECK(problem("a,b\n1\n") == "2: 1 field, but the header has 2");
  CHECK(problem("a,b\n1,2,3\n") == "2: 3 fields, but the header has 2");
  CHECK(problem("a,a\n1,2\n") == "1: two columns are called `a`");
  CHECK(problem("a\n\"x\n") == "2: a quoted field is not closed");
  CHECK(problem("a\n\"x\"y\n") == "2: text behind the closing quote of a field");
  CHECK(problem("a\nx\"y\n") == "2: a quote inside the unquoted field `x\"y`");
  CHECK(problem("") == "1: the file is empty; a header line is due");
  CHECK(problem("a\n\xff\n") == "0: the file is not UTF-8");
}

TEST_CASE("a table of enormous width or length is refused at once") {
  std::string header;
  for (int i = 0; i < 300'000; ++i) header += std::to_string(i) + ",";
  REQUIRE(scenario::parse_csv(header + "last\n").has_value());
  CHECK(scenario::parse_csv(header + "7\n").error().message == "two columns are called `7`");
  CHECK(scenario::parse_csv("a,b\n1,2\n3,4\n", 6).has_value());
  const auto longer = scenario::parse_csv("a,b\n1,2\n3,4\n5,6\n", 6);
  REQUIRE_FALSE(longer.has_value());
  CHECK(longer.error().line == 4);
  CHECK(longer.error().message == "there are more than 6 fields");
}
