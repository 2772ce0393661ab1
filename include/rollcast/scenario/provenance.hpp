#pragma once
/// Where a resolved value comes from.
#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenario {

/// Why a default has the value that it has.
enum class Basis {
  neutral,         ///< without effect: none, zero, everything
  provider,        ///< the provider's documentation or price list
  measured,        ///< published measurements
  interpretation,  ///< one reading of a source that leaves it open
  judgement        ///< no source gives it; chosen by us
};

/// A value that the scenario leaves to rollcast.
struct Assumption {
  std::string path;   ///< "launch.fails"; "strategies.by hand.…" when only one strategy uses it
  std::string value;  ///< as a scenario would write it: "0.073 %"
  Basis basis = Basis::judgement;
  std::string why;        ///< "4 of 5,502 unloaded launches failed"
  std::string meaning;    ///< what the value says: "chance that a launch attempt fails"
  std::string low, high;  ///< as Default::low and high
  friend auto operator<=>(const Assumption&, const Assumption&) = default;
};

/// A default as a scenario would write it; the loader reads it with the same code as the user's
/// text.
struct Default {
  std::string text;
  Basis basis = Basis::judgement;
  std::string why;
  /// A range in which the value may well lie, where the value decides much: the verdict is tried at
  /// both ends. Empty: not stated.
  std::string low{}, high{};
};

struct ResolvedEntry;

/// What was read, with comments that tell from where: the tree behind `check --resolved`.
struct Resolved {
  enum class Kind { absent, leaf, list, map };
  Kind kind = Kind::absent;
  std::string text;     ///< of a leaf: one line of YAML
  std::string comment;  ///< "line 12", "default (…)"
  std::vector<Resolved> items;
  std::vector<ResolvedEntry> entries;

  [[nodiscard]] const Resolved* find(std::string_view key) const;
  /// The entry of `key`, made if it is not there; turns an absent node into a map.
  Resolved& entry(std::string_view key);
};

struct ResolvedEntry {
  std::string key;
  Resolved value;
};

[[nodiscard]] std::string_view name_of(Basis basis);
/// As YAML in blocks, two spaces a level.
[[nodiscard]] std::string to_yaml(const Resolved& resolved);
/// The entries of `over` that differ from those of `base`, comments aside.
[[nodiscard]] Resolved difference(const Resolved& base, const Resolved& over);

}  // namespace rollcast::scenario
