#pragma once
/// Distributions the way people write them.
///
///     4 min                                    always the same
///     3 min to 5 min, 3 to 5 min               anything in between, equally likely (elapsed time)
///     90 % between 2 h and 6 h                 lognormal with these 5 % and 95 % points
///     uniform(3 min, 5 min)
///     triangular(1 d, 1.2 d, 2 d)              least, most likely, most
///     pert(1 d, 1.2 d, 2 d)
///     lognormal(median 4 min, p95 9 min)
///     lognormal(mean 10 min, sd 5 min)
///     lognormal(mu .68, sigma 1.03, unit h)    of the natural logarithm of the value in that unit
///     normal(mean 4 min, sd 30 s)              given that it is not negative
///     exponential(2000 h), exponential(mean 2000 h), exponential(rate 1 per 2000 h)
///     gamma(shape 2, mean 5 h)                 erlang(shape 2, mean 5 h): whole shapes only
///     weibull(shape .5, scale 14 h)
///     mixture(95 % of 3 min to 5 min, 5 % of 20 min)
///     2 min + exponential(3 min)               a fixed amount on top
///     empirical(data/file.csv, column x, unit s, where deployment = "image only")
///
/// A table may say how often each of its rows counts: `weight COLUMN`. How many of something is
/// plain numbers (no unit), and `1 to 8` a range of whole ones:
/// `empirical(data/sizes.csv, column size, weight times)`. Only for these
/// (rollcast/random/counts.hpp):
///
///     poisson(mean 4), poisson(4)              geometric(mean 4, from 1): no smaller than 1
///     negative binomial(mean 4, size 0.5)      binomial(mean 4, trials 12)
///
/// A range for people's work must name its form: `uniform(8 work h, 16 work h)`.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rollcast/base/diagnostics.hpp"
#include "rollcast/random/distribution.hpp"
#include "rollcast/scenario/csv.hpp"

namespace rollcast::scenario {

/// What a distribution is of: numbers of seconds, a share from 0 to 1, or how many of something.
enum class Quantity { elapsed, effort, share, count };

/// Finds the table that `empirical` names, or says in words why it cannot.
using TableLookup = std::function<tl::expected<std::shared_ptr<const CsvTable>, std::string>(
    std::string_view path)>;

/// Reads a distribution. No value of it is negative; of shares, none is above 1.
[[nodiscard]] tl::expected<random::Distribution, TextError> parse_distribution(
    std::string_view text, Quantity quantity, const TableLookup& tables);

}  // namespace rollcast::scenario
