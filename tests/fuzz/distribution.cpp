/// Any text as a distribution of each quantity: an error with a place inside the text, or one whose
/// draws are what the reader promises.
#include <cmath>

#include "entry.hpp"
#include "rollcast/random/stream.hpp"
#include "rollcast/scenario/distributions.hpp"

using namespace rollcast;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const scenario::TableLookup tables =
      [](std::string_view) -> tl::expected<std::shared_ptr<const scenario::CsvTable>, std::string> {
    static const auto kTable =
        std::make_shared<const scenario::CsvTable>(*scenario::parse_csv("x,y\n1,a\n2.5,b\n,c\n"));
    return kTable;
  };
  for (const auto quantity : {scenario::Quantity::elapsed, scenario::Quantity::effort,
                              scenario::Quantity::share, scenario::Quantity::count}) {
    const auto parsed = scenario::parse_distribution(text, quantity, tables);
    if (!parsed) continue;
    random::RandomStream stream{random::StreamKey{}};
    for (int i = 0; i < 20; ++i) {
      const double value = parsed->sample(stream);
      fuzz::expect(!std::isnan(value) && value >= 0.0, "no draw is negative");
      fuzz::expect(quantity != scenario::Quantity::share || value <= 1.0, "no share is above 1");
    }
  }
  return 0;
}
