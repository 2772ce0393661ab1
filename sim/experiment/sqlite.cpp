#include "sqlite.hpp"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "rollcast/experiment/folder_lock.hpp"
#include "rollcast/experiment/store.hpp"

namespace rollcast::experiment {
namespace {

/// What people call the failure; SQLite's own words for the rest.
std::string cause_of(sqlite3* handle, const std::string& path) {
  if (handle == nullptr) return "out of memory";
  const int code = sqlite3_errcode(handle);
  const int system_error = sqlite3_system_errno(handle);
  switch (code) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_BUSY:
      return lock_holder(std::filesystem::path(path).parent_path().string()) + " has this run open";
    case SQLITE_NOTADB:
      return "this is no run of rollcast (not an SQLite database)";
    case SQLITE_CORRUPT:
      return kDamaged;
    case SQLITE_READONLY:
      return "not allowed to write here";
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (system_error != 0) return std::strerror(system_error);
      break;
    default:
      break;
  }
  return sqlite3_errmsg(handle);
}

}  // namespace

Database::Database(std::string path, int flags) : path_(std::move(path)) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail();
  sqlite3_extended_result_codes(handle, 0);
}

void Database::fail() const {
  throw StoreError(path_, cause_of(handle_.get(), path_));
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::int64_t Database::number(const std::string& sql) const {
  Statement statement(*this, sql);
  return statement.next() ? statement.integer() : 0;
}

Statement::Statement(const Database& database, const std::string& sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v2(database.handle(), sql.c_str(), static_cast<int>(sql.size()),
                                      &handle, nullptr);
  handle_.reset(handle);
  check(code);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_.fail();
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), ++parameter_, value));
  return *this;
}

Statement& Statement::bind(double value) {
  ++parameter_;
  check(std::isnan(value) ? sqlite3_bind_null(handle_.get(), parameter_)
                          : sqlite3_bind_double(handle_.get(), parameter_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(handle_.get(), ++parameter_, text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(const std::string& bytes) {
  check(sqlite3_bind_blob64(handle_.get(), ++parameter_, bytes.data(), bytes.size(),
                            SQLITE_TRANSIENT));
  return *this;
}

void Statement::run() {
  while (next()) {
  }
  parameter_ = 0;
  check(sqlite3_reset(handle_.get()));
}

bool Statement::next() {
  column_ = 0;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail();
  return false;
}

std::int64_t Statement::integer() {
  return sqlite3_column_int64(handle_.get(), column_++);
}

double Statement::real() {
  const int column = column_++;
  if (sqlite3_column_type(handle_.get(), column) == SQLITE_NULL)
    return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text() {
  const int column = column_++;
  const unsigned char* text = sqlite3_column_text(handle_.get(), column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return std::string(text, text + size);
}

std::string Statement::blob() {
  const int column = column_++;
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  if (bytes == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return std::string(static_cast<const char*>(bytes), size);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; then this fails, and nothing is lost by that.
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace rollcast::experiment
