/// Any bytes as a table: every row has as many fields as the header, or there is an error.
#include "rollcast/scenario/csv.hpp"
#include "entry.hpp"

using namespace rollcast;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto table = scenario::parse_csv(fuzz::text_of(data, size));
  if (!table) {
    fuzz::expect(!table.error().message.empty(), "an error says what is wrong");
    return 0;
  }
  fuzz::expect(table->rows.size() == table->lines.size(), "every row has a line");
  for (const auto& row : table->rows)
    fuzz::expect(row.size() == table->header.size(), "rows are as wide as the header");
  return 0;
}
