#pragma once
/// SQLite with owners: handles close themselves, failures are exceptions that name file and cause.
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rollcast::experiment {

class Database {
 public:
  /// `flags` as sqlite3_open_v2 takes them. Throws StoreError.
  Database(std::string path, int flags);

  /// Runs statements that yield nothing. Throws StoreError.
  void execute(const std::string& sql);
  /// One number, as PRAGMA user_version yields. Throws StoreError.
  [[nodiscard]] std::int64_t number(const std::string& sql) const;

  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Throws StoreError with what went wrong last.
  [[noreturn]] void fail() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Parameters and columns are taken from left to right.
class Statement {
 public:
  Statement(const Database& database, const std::string& sql);

  Statement& bind(std::int64_t value);
  /// Not a number is NULL.
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(const std::string& bytes);

  /// Runs a statement that yields nothing, and makes it ready for the next time.
  void run();
  /// The next row; false when there is none.
  [[nodiscard]] bool next();

  [[nodiscard]] std::int64_t integer();
  /// NULL is not a number.
  [[nodiscard]] double real();
  [[nodiscard]] std::string text();
  [[nodiscard]] std::string blob();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  void check(int code) const;

  const Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int parameter_ = 0;
  int column_ = 0;
};

/// All that happens while it lives is kept by commit(), or undone without.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database.execute("BEGIN IMMEDIATE");
  }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace rollcast::experiment
