#pragma once
/// Strategies as overlays over the scenario's sections.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

/// The sections that a strategy states for itself; every other section of a world stands under its
/// `with:`.
inline constexpr std::array<std::string_view, 5> kOwnSections{"deploy", "update", "rollout",
                                                              "backup", "recover"};
[[nodiscard]] bool is_own(std::string_view key);

/// The JSON schema of the sections that make a world, and their names.
[[nodiscard]] Json describe_world();
[[nodiscard]] std::vector<std::string> world_sections();
/// Where nothing is looked up.
[[nodiscard]] TableLookup no_tables();

/// A strategy as an overlay over the scenario's tree.
class Overlays {
 public:
  explicit Overlays(Reader& root);

  /// Checks the keys of all strategies and that `like:` leads somewhere and not in a circle.
  bool check();
  [[nodiscard]] const std::vector<Entry>& entries() const { return map_->entries; }
  /// The tree of the strategy's world. REQUIRES check().
  [[nodiscard]] Node tree(const Entry& entry) const;

 private:
  void check_keys(const Entry& entry);
  /// The strategy's fields over those of the one that it is like.
  [[nodiscard]] Node overlay_of(const Node& strategy) const;

  Reader& root_;
  const Node* map_ = nullptr;
};

}  // namespace rollcast::scenario
