/// Any bytes as the record of a run: it is read, or refused with StoreError, and never changed.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "entry.hpp"
#include "rollcast/experiment/files.hpp"
#include "rollcast/experiment/store.hpp"

using namespace rollcast;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path kFolder =
      std::filesystem::temp_directory_path() /
      ("rollcast-fuzz-" + std::to_string(static_cast<long>(getpid())));
  std::filesystem::create_directories(kFolder);
  const std::filesystem::path file = kFolder / "run.sqlite";
  const std::string bytes(fuzz::text_of(data, size));
  std::ofstream(file, std::ios::binary) << bytes;
  try {
    const experiment::RunStore store = experiment::RunStore::open(kFolder.string());
    (void)store.record();
    (void)store.samples();
    experiment::write_csv(store, [](std::string_view) {});
  } catch (const experiment::StoreError&) {
    // Refused, and said why.
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string after{std::istreambuf_iterator<char>{stream}, {}};
  fuzz::expect(after == bytes, "a file that is only read stays as it is");
  std::filesystem::remove_all(kFolder);
  return 0;
}
