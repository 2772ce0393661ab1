#pragma once
/// Typed, strict reading of a tree. A Value<T> says how one kind of value is read from a node and
/// how a schema describes it; a Reader reads the fields of one map. The same code that reads a
/// scenario also describes it (Context::describing), so that schema and loader cannot disagree.
/// Everything that is wrong becomes a diagnostic; reading goes on.
#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "rollcast/base/assertion.hpp"
#include "rollcast/base/civil.hpp"
#include "rollcast/base/diagnostics.hpp"
#include "rollcast/base/money.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/scenario/distributions.hpp"
#include "rollcast/scenario/provenance.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {

using Json = nlohmann::ordered_json;

/// What every value needs to know while it is read.
struct Context {
  Context(Diagnostics& diagnostics_of, std::vector<Assumption>& assumptions_of,
          TableLookup tables_of, std::string root_file_name)
      : diagnostics(diagnostics_of),
        assumptions(assumptions_of),
        tables(std::move(tables_of)),
        root_file(std::move(root_file_name)) {}
  /// The same settings for another reading.
  Context(const Context& settings, Diagnostics& diagnostics_of,
          std::vector<Assumption>& assumptions_of)
      : Context(diagnostics_of, assumptions_of, settings.tables, settings.root_file) {
    currency = settings.currency;
    start = settings.start;
    start_is_bad = settings.start_is_bad;
    horizon = settings.horizon;
    records = settings.records;
  }

  Diagnostics& diagnostics;
  std::vector<Assumption>& assumptions;
  TableLookup tables;
  std::string root_file;  ///< its lines need no file name in comments
  std::string currency = "USD";
  std::optional<CivilStart> start;
  bool start_is_bad = false;  ///< it was given, but could not be read
  Duration horizon{};
  bool describing = false;  ///< nothing is read; schemas are made
  bool records = true;      ///< what is read is noted: in the resolved tree, and as assumptions
  std::vector<std::string> path;  ///< of the value that is being read
  Place owner;  ///< key (or list item) of the value that is being read, for "is missing"
};

/// A function that its copies share: values are composed of values, and copied often.
template <class Signature>
class Shared;
template <class Result, class... Arguments>
class Shared<Result(Arguments...)> {
 public:
  Shared() = default;
  template <class F>
  requires(!std::is_same_v<F, Shared>) Shared(F function)
      : function_(
            std::make_shared<const std::function<Result(Arguments...)>>(std::move(function))) {}
  Result operator()(Arguments... arguments) const {
    return (*function_)(std::forward<Arguments>(arguments)...);
  }
  explicit operator bool() const { return function_ != nullptr; }

 private:
  std::shared_ptr<const std::function<Result(Arguments...)>> function_;
};

/// How a T is read and described. Cheap to copy.
template <class T>
struct Value {
  /// The value, or nothing after a diagnostic. Fills `resolved`.
  Shared<std::optional<T>(Context&, const Node&, Resolved&)> read;
  /// A JSON schema of what is accepted.
  Shared<Json(Context&)> describe;
};

/// The names that a reference may use, in the order of their ids.
struct Names {
  std::string kind;     ///< "region"
  std::string section;  ///< where they are defined: "regions"
  std::vector<std::string> names;

  [[nodiscard]] std::optional<std::size_t> index(std::string_view name) const;
};
/// The keys of the map under `section`; none when there is no such map.
[[nodiscard]] Names names_in(const Node& tree, std::string kind, std::string section);
/// "unknown region `x`", with the near and the known names.
void report_unknown_name(Context& context, const Place& place, const Names& names,
                         std::string_view name);

/// A name that stands as a key, with its value.
template <class K, class T>
struct Keyed {
  K key;
  Place place;
  T value;
};
template <class T>
using Named = Keyed<std::string, T>;

/// Reads the fields of one map.
class Reader {
 public:
  Reader(Context& context, const Node& node, Resolved& resolved, Json* schema);

  /// A field that must be there. `instead` stands in for it after a diagnostic.
  template <class T>
  T required(std::string_view key, const Value<T>& value, std::string_view meaning,
             T instead = T{}) {
    describe(key, value, meaning, nullptr);
    mark_required(key);
    if (context_.describing) return instead;
    const Entry* entry = take(key);
    if (entry == nullptr) {
      report_missing(key, meaning);
      return instead;
    }
    auto result = read(*entry, value);
    return result ? std::move(*result) : instead;
  }
  /// A field that has a default, which is read like a user's value and recorded as an assumption.
  template <class T>
  T defaulted(std::string_view key, const Value<T>& value, const Default& fallback,
              std::string_view meaning) {
    describe(key, value, meaning, &fallback);
    if (context_.describing) return read_default<T>(key, value, fallback, meaning, false);
    const Entry* entry = take(key);
    if (entry == nullptr) return read_default<T>(key, value, fallback, meaning, true);
    auto result = read(*entry, value);
    return result ? std::move(*result) : read_default<T>(key, value, fallback, meaning, false);
  }
  /// A field that may be absent.
  template <class T>
  std::optional<T> optional(std::string_view key, const Value<T>& value, std::string_view meaning) {
    describe(key, value, meaning, nullptr);
    if (context_.describing) return std::nullopt;
    const Entry* entry = take(key);
    if (entry == nullptr) return std::nullopt;
    return read(*entry, value);
  }
  /// A map that may be absent: it is then read as an empty one, so that the defaults inside it
  /// hold.
  template <class T>
  T section(std::string_view key, const Value<T>& value, std::string_view meaning) {
    describe(key, value, meaning, nullptr);
    if (context_.describing) return T{};
    const Entry* entry = take(key);
    Entry empty{std::string{key}, owner_, {}};
    empty.value.kind = Node::Kind::map;
    empty.value.place = owner_;
    auto result = read(entry != nullptr ? *entry : empty, value);
    return result ? std::move(*result) : T{};
  }
  /// States in the schema that a field must be there though the code reads it as optional or
  /// defaulted.
  void mark_required(std::string_view key);
  /// The field is known but read elsewhere.
  void ignore(std::string_view key);

  [[nodiscard]] bool has(std::string_view key) const { return node_.find(key) != nullptr; }
  /// Of the value of `key`, or of the map when it is absent.
  [[nodiscard]] Place place(std::string_view key) const;
  [[nodiscard]] Place key_place(std::string_view key) const;
  /// Of the map: the key whose value it is.
  [[nodiscard]] const Place& place() const { return owner_; }
  /// The key whose value the map is: the name of a region, a group, …
  [[nodiscard]] std::string name() const {
    return context_.path.empty() ? std::string{} : context_.path.back();
  }
  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] Resolved& resolved() { return resolved_; }
  /// Reports all but the first when more than one of `keys` is there. Whether at least one is.
  bool at_most_one_of(const std::vector<std::string>& keys);
  void error(const Place& place, std::string message, std::string cure = {}) {
    context_.diagnostics.error(place, std::move(message), std::move(cure));
  }
  void warning(const Place& place, std::string message, std::string cure = {}) {
    context_.diagnostics.warning(place, std::move(message), std::move(cure));
  }
  /// Reports the keys that nobody asked for. To be called when all fields have been read.
  void finish();

 private:
  const Entry* take(std::string_view key);
  void report_missing(std::string_view key, std::string_view meaning);
  void assume(std::string_view key, const Default& fallback, std::string_view meaning);
  static Node default_node(const Default& fallback);
  void describe_field(std::string_view key, Json schema, std::string_view meaning,
                      const Default* fallback);

  template <class T>
  void describe(std::string_view key, const Value<T>& value, std::string_view meaning,
                const Default* fallback) {
    known_.emplace_back(key);
    if (schema_ != nullptr) describe_field(key, value.describe(context_), meaning, fallback);
  }
  template <class T>
  std::optional<T> read(const Entry& entry, const Value<T>& value) {
    const Place before = std::exchange(context_.owner, entry.place);
    context_.path.push_back(entry.key);
    auto result = value.read(context_, entry.value, record_of(entry.key));
    context_.path.pop_back();
    context_.owner = before;
    return result;
  }
  template <class T>
  T read_default(std::string_view key, const Value<T>& value, const Default& fallback,
                 std::string_view meaning, bool assumed) {
    Resolved scratch;
    const bool noted = assumed && context_.records;
    Resolved& resolved = noted ? resolved_.entry(key) : scratch;
    auto result = value.read(context_, default_node(fallback), resolved);
    ROLLCAST_ASSERT(result.has_value(), "the default `{}` of `{}` cannot be read", fallback.text,
                    key);
    if (noted) {
      assume(key, fallback, meaning);
      resolved = leaf_of(fallback);
    }
    return std::move(*result);
  }
  static Resolved leaf_of(const Default& fallback);
  /// Where the value of `key` is noted; where nothing is, anything will do.
  [[nodiscard]] Resolved& record_of(std::string_view key) {
    return context_.records ? resolved_.entry(key) : resolved_;
  }

  Context& context_;
  const Node& node_;
  Resolved& resolved_;
  Json* schema_;
  Place owner_;
  std::vector<std::string> known_;
};

// --- values
// ---------------------------------------------------------------------------------------------------------

/// Makes a JSON schema, when somebody wants one.
using Schema = std::function<Json()>;
/// Of a text.
[[nodiscard]] Schema text_schema(std::string description);

/// A scalar that `parse` reads; `what` names it in messages ("an elapsed time").
template <class T>
Value<T> scalar(std::string what, Schema schema,
                std::function<tl::expected<T, TextError>(Context&, std::string_view)> parse);
/// A map whose fields `fill` reads. What can be read is read: the value is there also after
/// diagnostics about its fields.
template <class T>
Value<T> object(std::function<T(Reader&)> fill);
template <class T>
Value<std::vector<T>> list_of(Value<T> item);
/// A map with free keys: names, or whatever `key` reads. An entry that cannot be read is there with
/// a T{}, so that positions stay those of the map.
template <class K, class T>
Value<std::vector<Keyed<K, T>>> keyed(Value<K> key, Value<T> value);
/// Whatever fits the node: a scalar, a map or a list; an absent alternative (no `read`) is refused.
template <class T>
Value<T> either(std::string what, Value<T> of_scalar, Value<T> of_map, Value<T> of_list = {});
/// Anything but a map stands for a map with this one field.
template <class T>
Value<T> shorthand(Value<T> object, std::string key);
/// The same value as something else.
template <class T, class F>
auto mapped(Value<T> value, F function) -> Value<std::invoke_result_t<F, T>>;

[[nodiscard]] Value<std::string> any_text();
/// A name for something: any text of one line, at most 80 characters.
[[nodiscard]] Value<std::string> entity_name();
[[nodiscard]] Value<bool> truth();
[[nodiscard]] Value<std::int64_t> count(std::int64_t least = 0);
[[nodiscard]] Value<double> number();
[[nodiscard]] Value<double> share();
[[nodiscard]] Value<Duration> elapsed();
[[nodiscard]] Value<random::Distribution> random_elapsed();
[[nodiscard]] Value<random::Distribution> random_effort();
[[nodiscard]] Value<random::Distribution> random_share();
/// A point in simulated time: elapsed time since the start ("2 d"), or a moment as parse_moment()
/// reads it ("Fri 18:00"), which needs a start.
[[nodiscard]] Value<TimePoint> moment();
[[nodiscard]] Value<double> gigabytes();
[[nodiscard]] Value<double> rate();
/// GB/s.
[[nodiscard]] Value<double> bandwidth();
/// Money in the scenario's currency; `per` as in parse_money().
[[nodiscard]] Value<Money> money(std::string per = {});
[[nodiscard]] Value<std::chrono::year_month_day> date();
/// An index into `names`, which must outlive the value.
[[nodiscard]] Value<std::size_t> reference(const Names& names);
/// One of several words.
[[nodiscard]] Value<std::size_t> word_of(std::string what, std::vector<std::string> words);

/// "line 12", "common/company.yaml line 3", "--set".
[[nodiscard]] std::string origin_of(const Context& context, const Place& place);
/// Each word as messages write what stands in a file: in backquotes.
[[nodiscard]] std::vector<std::string> quoted(const std::vector<std::string>& words);
/// Reports that the node is not of the kind that `what` needs.
void report_kind(Context& context, const Node& node, std::string_view what);

}  // namespace rollcast::scenario

#include "rollcast/scenario/reader_values.hpp"
