#include "price_list.hpp"

#include <algorithm>

#include "built_in_tables.hpp"
#include "rollcast/base/assertion.hpp"
#include "rollcast/base/units.hpp"
#include "rollcast/scenario/csv.hpp"

namespace rollcast::scenario {
namespace {

CsvTable read(std::string_view text) {
  auto table = parse_csv(text);
  ROLLCAST_ASSERT(table.has_value(), "a built-in table is broken: {}",
                  table ? "" : table.error().message);
  return std::move(*table);
}

Money amount(const std::string& text) {
  const auto value = parse_number(text);
  ROLLCAST_ASSERT(value.has_value(), "`{}` in a built-in price table", text);
  return Money::units(*value);
}

std::size_t column(const CsvTable& table, std::string_view name) {
  const auto index = table.column(name);
  ROLLCAST_ASSERT(index.has_value(), "a built-in table has no column `{}`", name);
  return *index;
}

}  // namespace

PriceList::PriceList() {
  const CsvTable prices = read(kInstancePrices);
  const std::size_t region = column(prices, "region");
  const std::size_t mainland = column(prices, "in_mainland_china");
  const std::size_t type = column(prices, "instance_type");
  const std::size_t with_linux = column(prices, "linux_usd_per_hour");
  const std::size_t with_windows = column(prices, "windows_usd_per_hour");
  for (const auto& fields : prices.rows) {
    PriceRow row;
    row.region = fields[region];
    row.in_mainland_china = fields[mainland] == "true";
    row.instance_type = fields[type];
    row.linux_per_hour = amount(fields[with_linux]);
    if (!fields[with_windows].empty()) row.windows_per_hour = amount(fields[with_windows]);
    rows_.push_back(std::move(row));
  }
  const CsvTable snapshots = read(kSnapshotPrices);
  for (const auto& fields : snapshots.rows) {
    storage_.emplace_back(fields[column(snapshots, "region")],
                          amount(fields[column(snapshots, "usd_per_gb_month")]));
  }
}

const PriceList& PriceList::built_in() {
  static const PriceList list;
  return list;
}

const PriceRow* PriceList::find(std::string_view region, std::string_view type) const {
  for (const PriceRow& row : rows_) {
    if (row.region == region && row.instance_type == type) return &row;
  }
  return nullptr;
}

bool PriceList::knows_region(std::string_view region) const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [region](const PriceRow& row) { return row.region == region; });
}

bool PriceList::in_mainland_china(std::string_view region) const {
  return std::any_of(rows_.begin(), rows_.end(), [region](const PriceRow& row) {
    return row.region == region && row.in_mainland_china;
  });
}

std::vector<std::string> PriceList::types(std::string_view region) const {
  std::vector<std::string> names;
  for (const PriceRow& row : rows_) {
    if (row.region == region) names.push_back(row.instance_type);
  }
  return names;
}

std::optional<Money> PriceList::storage(std::string_view region) const {
  for (const auto& [name, price] : storage_) {
    if (name == region) return price;
  }
  return std::nullopt;
}

}  // namespace rollcast::scenario
