#include "rollcast/scenario/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "rollcast/base/text.hpp"

namespace rollcast::scenario {
namespace {

tl::unexpected<CsvError> wrong(std::size_t line, std::string message) {
  return tl::make_unexpected(CsvError{line, std::move(message)});
}

class CsvReader {
 public:
  CsvReader(std::string_view text, std::size_t most_fields)
      : text_(text), most_fields_(most_fields) {}

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t line() const { return line_; }

  /// The fields up to the end of the line, and the line end itself.
  tl::expected<std::vector<std::string>, CsvError> record() {
    std::vector<std::string> fields;
    while (true) {
      if (++fields_ > most_fields_)
        return wrong(line_, fmt::format("there are more than {} fields",
                                        human_count(static_cast<std::int64_t>(most_fields_))));
      auto field = !done() && text_[at_] == '"' ? quoted() : plain();
      if (!field) return tl::make_unexpected(field.error());
      fields.push_back(std::move(*field));
      if (done()) return fields;
      const char next = text_[at_++];
      if (next == ',') continue;
      if (next == '\r' && !done() && text_[at_] == '\n') ++at_;
      ++line_;
      return fields;
    }
  }

 private:
  tl::expected<std::string, CsvError> plain() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field{text_.substr(at_, end - at_)};
    at_ = end;
    if (field.find('"') != std::string::npos) {
      return wrong(line_, fmt::format("a quote inside the unquoted field `{}`", field));
    }
    return field;
  }
  tl::expected<std::string, CsvError> quoted() {
    const std::size_t first_line = line_;
    std::string field;
    for (++at_; !done(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != '"') {
        field += c;
        continue;
      }
      const bool doubled = at_ + 1 < text_.size() && text_[at_ + 1] == '"';
      if (doubled) {
        field += '"';
        ++at_;
        continue;
      }
      ++at_;
      const bool ended = done() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n';
      if (!ended) return wrong(line_, "text behind the closing quote of a field");
      return field;
    }
    return wrong(first_line, "a quoted field is not closed");
  }

  std::string_view text_;
  std::size_t most_fields_;
  std::size_t fields_ = 0;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

tl::expected<CsvTable, CsvError> parse_csv(std::string_view text, std::size_t most_fields) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (first_invalid_utf8(text)) return wrong(0, "the file is not UTF-8");
  CsvTable table;
  CsvReader reader{text, most_fields};
  if (reader.done()) return wrong(1, "the file is empty; a header line is due");
  auto header = reader.record();
  if (!header) return tl::make_unexpected(header.error());
  table.header = std::move(*header);
  std::set<std::string_view> names;
  for (const std::string& name : table.header)
    if (!names.insert(name).second)
      return wrong(1, fmt::format("two columns are called `{}`", name));
  while (!reader.done()) {
    const std::size_t line = reader.line();
    auto fields = reader.record();
    if (!fields) return tl::make_unexpected(fields.error());
    if (fields->size() != table.header.size()) {
      return wrong(line, fmt::format("{}, but the header has {}", plural(fields->size(), "field"),
                                     table.header.size()));
    }
    table.rows.push_back(std::move(*fields));
    table.lines.push_back(line);
  }
  return table;
}

}  // namespace rollcast::scenario
