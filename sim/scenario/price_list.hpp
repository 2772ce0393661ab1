#pragma once
/// List prices of the built-in provider profile, in USD (scenarios/data/cvm-prices.csv and
/// snapshot-prices.csv).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcast/base/money.hpp"

namespace rollcast::scenario {

struct PriceRow {
  std::string region;
  bool in_mainland_china = false;
  std::string instance_type;
  Money linux_per_hour;
  std::optional<Money> windows_per_hour;
};

/// The tables, read once.
class PriceList {
 public:
  [[nodiscard]] static const PriceList& built_in();

  [[nodiscard]] const PriceRow* find(std::string_view region, std::string_view type) const;
  [[nodiscard]] bool knows_region(std::string_view region) const;
  [[nodiscard]] bool in_mainland_china(std::string_view region) const;
  /// The types listed for a region, in the order of the table.
  [[nodiscard]] std::vector<std::string> types(std::string_view region) const;
  /// Per GB and month.
  [[nodiscard]] std::optional<Money> storage(std::string_view region) const;

 private:
  PriceList();
  std::vector<PriceRow> rows_;
  std::vector<std::pair<std::string, Money>> storage_;
};

}  // namespace rollcast::scenario
