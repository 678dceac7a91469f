#include <kindred/data/checksum.hpp>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/file.hpp>

namespace kindred::data {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
      throw IoError("libcrypto has no SHA-256");
    }
  }
  void add(const void* data, std::size_t bytes) { EVP_DigestUpdate(context_.get(), data, bytes); }
  std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
      text += fmt::format("{:02x}", digest[i]);
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t previous) {
  constexpr std::size_t block = std::size_t{1} << 30;  // the library counts in int
  std::uint32_t crc = ~previous;
  while (!bytes.empty()) {
    const std::size_t count = std::min(block, bytes.size());
    // The library neither inverts at the start nor at the end, and takes its input as non-const without changing it.
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));  // NOLINT
    crc = crc32_iscsi(data, static_cast<int>(count), crc);
    bytes = bytes.subspan(count);
  }
  return ~crc;
}

std::string sha256(std::string_view text) {
  Sha256 hash;
  hash.add(text.data(), text.size());
  return hash.finish();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const FileHandle file(path, O_RDONLY);
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  Sha256 hash;
  const Index size = file.size();
  for (Index offset = 0; offset < size;) {
    const auto count = std::min(static_cast<Index>(buffer.size()), size - offset);
    file.read_at(std::span(buffer).first(static_cast<std::size_t>(count)), offset);
    hash.add(buffer.data(), static_cast<std::size_t>(count));
    offset += count;
  }
  return hash.finish();
}

}  // namespace kindred::data
