#include "correlation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

using Named = CorrelationSpec::Named;
using Positions = std::pair<std::size_t, std::size_t>;

Value<Named> path_of_input() {
  Value<Named> value = mapped(any_text(), [](std::string path) { return Named{path, {}}; });
  value.read = [text = any_text()](Context& context, const Node& node,
                                   Resolved& resolved) -> std::optional<Named> {
    auto path = text.read(context, node, resolved);
    if (!path) return std::nullopt;
    return Named{std::move(*path), node.place};
  };
  return value;
}

CorrelationSpec read_entry(Reader& r) {
  CorrelationSpec spec;
  spec.between = r.required("between", list_of(path_of_input()),
                            "paths of two `uncertain:` inputs, or of several of which every two go "
                            "together");
  const auto spearman = r.optional("spearman", number(),
                                   "correlation of their ranks, between -1 and 1 (Spearman's rho)");
  const auto kendall =
      r.optional("kendall", number(), "the same as Kendall's tau, between -1 and 1");
  if (r.context().describing) return spec;
  spec.kendall = kendall.has_value();
  spec.rank = kendall.value_or(spearman.value_or(0.0));
  spec.place = r.place(kendall ? "kendall" : "spearman");
  if (!r.at_most_one_of({"spearman", "kendall"}))
    r.error(r.place(), "how closely they go together is missing",
            "add `spearman:`, a rank correlation between -1 and 1, as in `spearman: 0.7`");
  if (std::abs(spec.rank) >= 1)
    r.error(
        spec.place,
        fmt::format("a rank correlation of {} does not lie between -1 and 1, ends excluded",
                    spec.rank),
        fmt::format("write {} for inputs that hardly ever part", spec.rank < 0 ? "-0.99" : "0.99"));
  if (r.has("between") && spec.between.size() < 2)
    r.error(r.place("between"), "at least two inputs go together", "name another one");
  return spec;
}

/// All pairs that are stated, in their order.
class Pairs {
 public:
  Pairs(const std::vector<UncertainSpec>& inputs, Diagnostics& diagnostics)
      : inputs_(inputs), diagnostics_(diagnostics) {}

  void add(const CorrelationSpec& spec) {
    std::vector<std::size_t> positions;
    for (const Named& named : spec.between) {
      const auto position = position_of(named);
      if (!position) continue;
      if (std::find(positions.begin(), positions.end(), *position) != positions.end())
        diagnostics_.error(named.place, fmt::format("`{}` is named twice", named.path),
                           "name every input once");
      else
        positions.push_back(*position);
    }
    for (std::size_t i = 0; i < positions.size(); ++i)
      for (std::size_t j = i + 1; j < positions.size(); ++j)
        add(spec, std::minmax(positions[i], positions[j]));
  }

  /// Reports what cannot hold together.
  void check() const {
    if (named_.size() > kMostInputs) {
      diagnostics_.error(specs_.back()->place, fmt::format("{} inputs go together; at most {} can",
                                                           named_.size(), kMostInputs));
      return;
    }
    if (random::GaussianCopula::of(inputs_.size(), correlations())) return;
    const std::vector<std::size_t> named(named_.begin(), named_.end());
    for (std::size_t a = 0; a < named.size(); ++a)
      for (std::size_t b = a + 1; b < named.size(); ++b)
        for (std::size_t c = b + 1; c < named.size(); ++c)
          if (clash(named[a], named[b], named[c]))
            return report({{named[a], named[b]}, {named[a], named[c]}, {named[b], named[c]}});
    int share = 99;
    while (!random::GaussianCopula::of(inputs_.size(), correlations(share / 100.0))) --share;
    diagnostics_.error(specs_.back()->place, "no inputs have all these rank correlations together",
                       fmt::format("they can at {} % of what is stated, all of them", share));
  }

  [[nodiscard]] std::vector<InputCorrelation> take() { return std::move(pairs_); }

 private:
  std::optional<std::size_t> position_of(const Named& named) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].input.path == named.path) return i;
      paths.push_back(inputs_[i].input.path);
    }
    diagnostics_.error(named.place, fmt::format("`{}` is no uncertain input", named.path),
                       suggestion(named.path, paths,
                                  "only inputs of `uncertain:` are drawn, and can go together"));
    return std::nullopt;
  }

  void add(const CorrelationSpec& spec, const Positions& pair) {
    if (!at_.emplace(pair, pairs_.size()).second) {
      diagnostics_.error(
          spec.place,
          fmt::format("`{}` and `{}` have a correlation already", inputs_[pair.first].input.path,
                      inputs_[pair.second].input.path),
          "keep one of the two");
      return;
    }
    pairs_.push_back({{pair.first, pair.second, normal_of(spec)},
                      fmt::format("{} {}", spec.kendall ? "Kendall" : "Spearman", spec.rank)});
    specs_.push_back(&spec);
    named_.insert({pair.first, pair.second});
  }

  static double normal_of(const CorrelationSpec& spec, double share = 1.0) {
    return spec.kendall ? random::normal_correlation_of_kendall(share * spec.rank)
                        : random::normal_correlation_of_spearman(share * spec.rank);
  }
  /// With every rank correlation at a share of what is stated.
  [[nodiscard]] std::vector<random::Correlation> correlations(double share = 1.0) const {
    std::vector<random::Correlation> all;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      all.push_back(pairs_[i].pair);
      all.back().normal = normal_of(*specs_[i], share);
    }
    return all;
  }
  [[nodiscard]] double normal(const Positions& pair) const {
    const auto found = at_.find(pair);
    return found == at_.end() ? 0.0 : pairs_[found->second].pair.normal;
  }
  [[nodiscard]] bool clash(std::size_t a, std::size_t b, std::size_t c) const {
    const auto [low, high] = random::possible_third(normal({a, b}), normal({a, c}));
    const double third = normal({b, c});
    return third <= low + kMargin || third >= high - kMargin;
  }

  [[nodiscard]] std::string words(const Positions& pair) const {
    const auto found = at_.find(pair);
    return fmt::format("`{}` with `{}` {}", inputs_[pair.first].input.path,
                       inputs_[pair.second].input.path,
                       found == at_.end() ? "0 (not stated)" : number_of(found->second));
  }
  [[nodiscard]] std::string number_of(std::size_t index) const {
    return fmt::format("{}{}", specs_[index]->rank, specs_[index]->kendall ? " (Kendall)" : "");
  }

  /// Three inputs that cannot be: the pair that is stated last is told what it could be, or the one
  /// that is not stated.
  void report(const std::vector<Positions>& clashing) const {
    std::size_t last = 0;
    std::optional<Positions> unstated;
    for (const Positions& pair : clashing) {
      const auto found = at_.find(pair);
      if (found == at_.end())
        unstated = pair;
      else
        last = std::max(last, found->second);
    }
    const CorrelationSpec& spec = *specs_[last];
    const auto& wrong = pairs_[last].pair;
    const auto [low, high] = range_of(clashing, {wrong.first, wrong.second}, spec.kendall);
    std::string help = fmt::format(
        "`{}` with `{}` can be {}{}", inputs_[wrong.first].input.path,
        inputs_[wrong.second].input.path,
        spec.rank > high ? fmt::format("at most {}", high) : fmt::format("at least {}", low),
        spec.kendall ? " (Kendall)" : "");
    if (unstated) {
      const auto [from, to] = range_of(clashing, *unstated, false);
      help = fmt::format("state `{}` with `{}`, from {} to {}; or {}",
                         inputs_[unstated->first].input.path, inputs_[unstated->second].input.path,
                         from, to, help);
    }
    diagnostics_.error(spec.place,
                       fmt::format("these rank correlations cannot hold together: {}, {}, {}",
                                   words(clashing[0]), words(clashing[1]), words(clashing[2])),
                       help);
  }

  /// The rank correlations that one pair of three may have, rounded inwards to two digits.
  [[nodiscard]] std::pair<double, double> range_of(const std::vector<Positions>& three,
                                                   const Positions& pair, bool kendall) const {
    std::vector<double> others;
    for (const Positions& one : three)
      if (one != pair) others.push_back(normal(one));
    const auto [low, high] = random::possible_third(others[0], others[1]);
    const auto rank = [&](double correlation) {
      return kendall ? random::kendall_of_normal_correlation(correlation)
                     : random::spearman_of_normal_correlation(correlation);
    };
    return {(std::floor(100 * rank(low)) + 1) / 100, (std::ceil(100 * rank(high)) - 1) / 100};
  }

  static constexpr double kMargin = 1e-9;
  static constexpr std::size_t kMostInputs = 100;

  const std::vector<UncertainSpec>& inputs_;
  Diagnostics& diagnostics_;
  std::vector<InputCorrelation> pairs_;
  std::vector<const CorrelationSpec*> specs_;  ///< of each pair
  std::map<Positions, std::size_t> at_;
  std::set<std::size_t> named_;  ///< inputs that go together with another one
};

}  // namespace

Value<std::vector<CorrelationSpec>> correlation() {
  return list_of(object<CorrelationSpec>(read_entry));
}

std::vector<InputCorrelation> check_correlation(const std::vector<CorrelationSpec>& specs,
                                                const std::vector<UncertainSpec>& inputs,
                                                Diagnostics& diagnostics) {
  if (specs.empty()) return {};
  const std::size_t before = diagnostics.error_reports();
  Pairs pairs(inputs, diagnostics);
  for (const CorrelationSpec& spec : specs)
    if (std::abs(spec.rank) < 1) pairs.add(spec);
  if (diagnostics.error_reports() == before) pairs.check();
  return pairs.take();
}

}  // namespace rollcast::scenario
