#include <kindred/kernels/qmc/ld_data.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/quality/t_values.hpp>

namespace kindred::qmc {
namespace {

constexpr int word_bits = 64;
constexpr std::uint64_t max_dimensions = std::uint64_t{1} << 24U;

/// The format that a first line names, or nothing.
std::string keyword_of(const std::string& line) {
  static constexpr const char* formats[] = {"lattice",   "dnet",   "plattice",   "sobol",     "soboljk",
                                            "shiftmod1", "dshift", "lmscramble", "nuscramble"};
  std::istringstream words(line.starts_with('#') ? line.substr(1) : "");
  std::string keyword;
  words >> keyword;
  return std::ranges::find(formats, keyword) != std::end(formats) ? keyword : "";
}

/// The words of a file in the named format, comments left out.
class Words {
 public:
  Words(const std::filesystem::path& path, const std::string& format) : path_(path.string()), format_(format) {
    std::ifstream file(path);
    if (!file) {
      throw IoError("cannot open " + path_);
    }
    bool first = true;
    for (std::string line; std::getline(file, line); first = false) {
      std::istringstream words(line.substr(0, line.find('#')));
      if (first) {
        check_keyword(line);
      }
      for (std::string word; words >> word;) {
        words_.push_back(word);
      }
    }
  }

  [[nodiscard]] std::size_t left() const { return words_.size() - at_; }

  std::string text() {
    if (at_ == words_.size()) {
      fail("it ends after " + std::to_string(at_) + " numbers");
    }
    return words_[at_++];
  }

  std::uint64_t number() {
    const std::string word = text();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) {
      fail("\"" + word + "\" is not a number of 64 bits");
    }
    return value;
  }

  int number(const char* what, std::uint64_t low, std::uint64_t high) {
    const std::uint64_t value = number();
    if (value < low || value > high) {
      fail(std::string(what) + " = " + std::to_string(value) + " is not in " + std::to_string(low) + " … " + std::to_string(high));
    }
    return static_cast<int>(value);
  }

  /// Columns of `digits` digits as words.
  std::vector<std::uint64_t> columns(std::size_t count, int digits) {
    std::vector<std::uint64_t> values;
    for (std::size_t k = 0; k < count; ++k) {
      const std::uint64_t value = number();
      if (digits < word_bits && value >> static_cast<unsigned>(digits) != 0) {
        fail(std::to_string(value) + " has more than " + std::to_string(digits) + " binary digits");
      }
      values.push_back(value << static_cast<unsigned>(word_bits - digits));
    }
    return values;
  }

  void finish() const {
    if (left() > 0) {
      fail("it goes on after " + std::to_string(at_) + " numbers");
    }
  }

  [[noreturn]] void fail(const std::string& what) const { throw InputError(path_ + ", read as `" + format_ + "`: " + what); }

 private:
  /// A file of another format is refused; one whose first line names none is believed.
  void check_keyword(const std::string& line) const {
    const std::string keyword = keyword_of(line);
    if (!keyword.empty() && keyword != format_) {
      fail("its first line says `" + keyword + "`");
    }
  }

  std::string path_;
  std::string format_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

void write_header(std::ostream& out, const char* format, Comments comments) {
  out << "# " << format << '\n';
  for (const std::string& comment : comments) {
    out << "# " << comment << '\n';
  }
}

void write_matrices(std::ostream& out, const DigitalNet& net) {
  for (int j = 0; j < net.dimensions; ++j) {
    const char* separator = "";
    for (const std::uint64_t column : net.matrix(j)) {
      out << separator << (column >> static_cast<unsigned>(word_bits - net.digits));
      separator = " ";
    }
    out << '\n';
  }
}

using Wide = unsigned __int128;

/// X / 2^64 to 20 decimals, rounded down: less than a quarter of the last binary digit.
std::string decimal(std::uint64_t word) {
  std::string text = "0.";
  for (int k = 0; k < 20; ++k) {
    const Wide shifted = Wide{10} * word;
    text += static_cast<char>('0' + static_cast<int>(shifted >> 64U));
    word = static_cast<std::uint64_t>(shifted);
  }
  return text;
}

/// The nearest word, of 0.ddd….
std::uint64_t word_of_decimal(const std::string& text, const Words& words) {
  constexpr std::size_t most_digits = 36;  // twice 10^36 fits 128 bits
  if (!text.starts_with("0.") || text.find_first_not_of("0123456789", 2) != std::string::npos) {
    words.fail("\"" + text + "\" is not a decimal number of the form 0.ddd");
  }
  Wide rest = 0;
  Wide one = 1;
  for (const char digit : text.substr(2, most_digits)) {
    rest = 10 * rest + static_cast<unsigned>(digit - '0');
    one *= 10;
  }
  std::uint64_t word = 0;
  for (int bit = 0; bit < word_bits; ++bit) {
    rest *= 2;
    word = 2 * word + (rest >= one ? 1U : 0U);
    rest -= rest >= one ? one : 0;
  }
  const bool up = 2 * rest >= one && word != ~std::uint64_t{0};
  return word + (up ? 1U : 0U);
}

DigitalNet identity(int dimensions) {
  DigitalNet net{dimensions, 1, word_bits, word_bits, {}};
  for (int j = 0; j < dimensions; ++j) {
    for (int c = 0; c < word_bits; ++c) {
      net.matrices.push_back(std::uint64_t{1} << static_cast<unsigned>(word_bits - 1 - c));
    }
  }
  return net;
}

}  // namespace

std::string ld_data_format(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) {
    throw IoError("cannot open " + path.string());
  }
  std::string line;
  std::getline(file, line);
  return keyword_of(line);
}

Lattice read_lattice(const std::filesystem::path& path, Duplicates duplicates) {
  Words words(path, "lattice");
  const int dimensions = words.number("the number of dimensions", 1, max_dimensions);
  const std::uint64_t points = words.number();
  if (points < 2 || !std::has_single_bit(points)) {
    words.fail(std::to_string(points) + " points: their number must be a power of two");
  }
  std::vector<std::uint64_t> z;
  z.reserve(words.left());
  for (int j = 0; j < dimensions; ++j) {
    z.push_back(words.number());
  }
  words.finish();
  try {
    return lattice(z, std::countr_zero(points), duplicates);
  } catch (const InputError& error) {
    throw InputError(path.string() + ": " + error.what());
  }
}

void write_lattice(std::ostream& out, const Lattice& lattice, Comments comments) {
  if (lattice.log2_points >= word_bits) {
    throw InputError("a lattice of 2^64 points: the format has no room for this number");
  }
  write_header(out, "lattice", comments);
  out << lattice.z.size() << "  # dimensions\n" << (std::uint64_t{1} << static_cast<unsigned>(lattice.log2_points)) << "  # points\n";
  for (const std::uint64_t z : lattice.z) {
    out << z << '\n';
  }
}

DigitalNet read_digital_net(const std::filesystem::path& path) {
  Words words(path, "dnet");
  words.number("the base", 2, 2);
  const int dimensions = words.number("the number of dimensions", 1, max_dimensions);
  const std::uint64_t points = words.number();
  const std::uint64_t columns = points <= word_bits ? points : static_cast<std::uint64_t>(std::countr_zero(points));
  if (columns < 1 || (points > word_bits && !std::has_single_bit(points))) {
    words.fail(std::to_string(points) + " points: neither a power of two nor its logarithm");
  }
  const int digits = words.number("the number of digits", 1, word_bits);
  const auto matrices = words.columns(static_cast<std::size_t>(dimensions) * columns, digits);
  words.finish();
  try {
    return digital_net(dimensions, static_cast<int>(columns), digits, matrices);
  } catch (const InputError& error) {
    throw InputError(path.string() + ": " + error.what());
  }
}

void write_digital_net(std::ostream& out, const DigitalNet& net, Comments comments) {
  const DigitalNet plain = net.interlacing == 1 ? net : multiply_out(net);
  write_header(out, "dnet", comments);
  out << "2  # base\n"
      << plain.dimensions << "  # dimensions\n"
      << plain.columns << "  # columns: 2^" << plain.columns << " points\n"
      << plain.digits << "  # digits\n";
  write_matrices(out, plain);
}

std::vector<std::uint64_t> read_shift(const std::filesystem::path& path) {
  Words words(path, "shiftmod1");
  const int dimensions = words.number("the number of dimensions", 1, max_dimensions);
  std::vector<std::uint64_t> shift;
  shift.reserve(words.left());
  for (int j = 0; j < dimensions; ++j) {
    shift.push_back(word_of_decimal(words.text(), words));
  }
  words.finish();
  return shift;
}

void write_shift(std::ostream& out, std::span<const std::uint64_t> shift, Comments comments) {
  write_header(out, "shiftmod1", comments);
  out << shift.size() << "  # dimensions\n";
  for (const std::uint64_t word : shift) {
    out << decimal(word) << '\n';
  }
}

std::vector<std::uint64_t> read_digital_shift(const std::filesystem::path& path) {
  Words words(path, "dshift");
  words.number("the base", 2, 2);
  const int dimensions = words.number("the number of dimensions", 1, max_dimensions);
  const int digits = words.number("the number of digits", 1, word_bits);
  auto shift = words.columns(static_cast<std::size_t>(dimensions), digits);
  words.finish();
  return shift;
}

void write_digital_shift(std::ostream& out, std::span<const std::uint64_t> shift, Comments comments) {
  write_header(out, "dshift", comments);
  out << "2  # base\n" << shift.size() << "  # dimensions\n" << word_bits << "  # digits\n";
  for (const std::uint64_t word : shift) {
    out << word << '\n';
  }
}

DigitalNet read_linear_scramble(const std::filesystem::path& path) {
  Words words(path, "lmscramble");
  words.number("the base", 2, 2);
  const int dimensions = words.number("the number of dimensions", 1, max_dimensions);
  const int digits = words.number("the number of digits", 1, word_bits);
  const auto columns = words.columns(static_cast<std::size_t>(dimensions) * static_cast<std::size_t>(digits), digits);
  words.finish();
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const std::size_t column = k % static_cast<std::size_t>(digits);
    if (static_cast<std::size_t>(std::countl_zero(columns[k])) != column) {
      words.fail("matrix " + std::to_string(k / static_cast<std::size_t>(digits) + 1) +
                 " is not lower triangular with ones on its diagonal, in column " + std::to_string(column + 1));
    }
  }
  return {dimensions, 1, digits, digits, columns};
}

void write_linear_scramble(std::ostream& out, const DigitalNet& matrices, Comments comments) {
  write_header(out, "lmscramble", comments);
  out << "2  # base\n" << matrices.dimensions << "  # matrices\n" << matrices.digits << "  # digits\n";
  write_matrices(out, matrices);
}

std::vector<std::uint64_t> shift_of(const Sampler& sampler, int replicate) {
  std::vector<std::uint64_t> shift;
  shift.reserve(static_cast<std::size_t>(sampler.dimensions()));
  for (int j = 0; j < sampler.dimensions(); ++j) {
    shift.push_back(sampler.word(0, j, replicate));
  }
  return shift;
}

DigitalNet linear_scramble_of(const DigitalNet& net, const Randomization& randomization, int replicate) {
  const Randomization lms{Scramble::lms, randomization.seed, 1, randomization.first_replicate + static_cast<std::uint32_t>(replicate)};
  return scrambled_matrices(Sampler(identity(net.components()), lms), 0, word_bits);
}

DigitalNet linear_scrambled(const DigitalNet& lower, const DigitalNet& net) {
  if (lower.dimensions < net.components() || lower.columns < net.digits) {
    throw InputError("linear scramble: " + std::to_string(lower.dimensions) + " matrices of " + std::to_string(lower.columns) +
                     " digits for a net of " + std::to_string(net.components()) + " matrices of " + std::to_string(net.digits) + " digits");
  }
  DigitalNet product = net;
  product.digits = word_bits;
  for (int component = 0; component < net.components(); ++component) {
    const auto matrix = lower.matrix(component);
    for (int c = 0; c < net.columns; ++c) {
      std::uint64_t sum = 0;
      for (std::uint64_t column = net.matrix(component)[static_cast<std::size_t>(c)]; column != 0;) {
        const int digit = std::countl_zero(column);
        sum ^= matrix[static_cast<std::size_t>(digit)];
        column &= ~(std::uint64_t{1} << static_cast<unsigned>(word_bits - 1 - digit));
      }
      product.matrices[static_cast<std::size_t>(component) * static_cast<std::size_t>(net.columns) + static_cast<std::size_t>(c)] = sum;
    }
  }
  return product;
}

}  // namespace kindred::qmc
