#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kindred {

/// Lower-case hexadecimal SHA-256 (FIPS 180-4).
std::string sha256(std::string_view text);
/// SHA-256 of a whole file. @throws IoError if it cannot be read
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace kindred
