#pragma once
/// Messages about input: where it is, what must hold, and what to do about it. All are collected,
/// then shown in the order of their places. Bad input never throws.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast {

enum class Severity { error, warning, note };

/// A stretch of one line of a source. `line` and `column` count from 1, columns and `length` in
/// bytes; line 0 means the source as a whole.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  std::size_t line = 0;    ///< from 1; 0: about the file as a whole
  std::size_t column = 0;  ///< from 1, in bytes of the line; rendering counts characters
  std::size_t length = 0;  ///< bytes to underline; 0 underlines one column
  std::string
      message;  ///< what is wrong and what must hold, with its unit; a clause without a full stop
  std::string cure;  ///< what to do ("did you mean `regions`?"); empty when the message says it all

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// What is wrong with a part of a text, for functions that read one value and know nothing of
/// files.
struct TextError {
  std::size_t offset = 0;  ///< first byte of the part
  std::size_t length = 0;  ///< its bytes
  std::string message;
  std::string cure;
};

/// Collects diagnostics together with the texts they point into.
class Diagnostics {
 public:
  /// Remembers the text of a source, so that rendering can show its lines. A later text of the same
  /// name replaces it.
  void add_source(std::string file, std::string text);
  /// An exact repetition is dropped.
  void add(Diagnostic diagnostic);
  void error(const Place& place, std::string message, std::string cure = {});
  void warning(const Place& place, std::string message, std::string cure = {});
  void note(const Place& place, std::string message, std::string cure = {});
  /// Takes over everything that `other` holds.
  void merge(const Diagnostics& other);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t errors() const;
  [[nodiscard]] std::size_t warnings() const;
  /// Errors that were added, repetitions included: whether a piece of work added any is told by it
  /// before and after.
  [[nodiscard]] std::size_t error_reports() const { return error_reports_; }
  [[nodiscard]] bool ok() const { return errors() == 0; }
  /// By place: sources in the order in which they were added, then line and column; ties in the
  /// order of arrival.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;

  /// Every diagnostic as `file:line:column: error: message`, the line, a caret underline and `help:
  /// …`, then a count of errors and warnings. `coloured` adds ANSI colours. Empty when there is
  /// nothing to say.
  [[nodiscard]] std::string render(bool coloured = false) const;

 private:
  struct Source {
    std::size_t order = 0;
    std::vector<std::string> lines;
  };
  [[nodiscard]] std::string render_one(const Diagnostic& diagnostic, bool coloured) const;

  std::map<std::string, Source, std::less<>> sources_;
  std::vector<Diagnostic> entries_;
  std::size_t error_reports_ = 0;
};

[[nodiscard]] std::string_view name_of(Severity severity);

}  // namespace rollcast
