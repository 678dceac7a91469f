#include <kindred/kernels/qmc/quality/t_values.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::qmc {
namespace {

constexpr int word_bits = 64;

/// Rows of the first m columns of a matrix, column c in bit c.
std::vector<std::uint64_t> rows_of(std::span<const std::uint64_t> matrix, int m) {
  std::vector<std::uint64_t> rows(static_cast<std::size_t>(m), 0);
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < m; ++c) {
      rows[static_cast<std::size_t>(r)] |= ((matrix[static_cast<std::size_t>(c)] >> static_cast<unsigned>(word_bits - 1 - r)) & 1U)
                                           << static_cast<unsigned>(c);
    }
  }
  return rows;
}

/// Rows in echelon form, one for each leading bit.
struct Echelon {
  std::uint64_t rows[word_bits] = {};

  /// False if the row depends on those added before.
  bool add(std::uint64_t row) {
    while (row != 0) {
      const int lead = std::countr_zero(row);
      if (rows[lead] == 0) {
        rows[lead] = row;
        return true;
      }
      row ^= rows[lead];
    }
    return false;
  }
};

using Rows = std::span<const std::uint64_t>;

/// Lowers `strength` to the largest k ≤ strength such that any k leading rows of the matrices, `used` of which are in the echelon, are
/// independent: the shortest dependent choice has one row more.
void reduce_strength(std::span<const Rows> matrices, Echelon echelon, int used, int& strength) {
  const Rows rows = matrices.front();
  for (int r = 0; used + r < strength; ++r) {
    if (matrices.size() > 1) {
      reduce_strength(matrices.subspan(1), echelon, used + r, strength);
    }
    if (used + r < strength && !echelon.add(rows[static_cast<std::size_t>(r)])) {
      strength = used + r;
    }
  }
}

int t_of(std::span<const Rows> matrices, int m) {
  int strength = m;
  reduce_strength(matrices, {}, 0, strength);
  return m - strength;
}

/// Whether each of the boxes with 2^−k_j for sides has the same number of points, for all k_j that sum to k.
class Counting {
 public:
  /// @param columns  the coordinates of the projection, 2^m words each
  Counting(std::span<const Rows> columns, int m) : columns_(columns), m_(m), boxes_(columns.front().size()) {}

  [[nodiscard]] int t() {
    int k = 0;  // the property of k implies that of k − 1
    for (int step = static_cast<int>(std::bit_floor(static_cast<unsigned>(m_))); step > 0; step /= 2) {
      if (k + step <= m_ && all_even(k + step)) {
        k += step;
      }
    }
    return m_ - k;
  }

 private:
  bool all_even(int k) {
    const int last = columns_.size() > 1 ? k : 0;
    for (int first = 0; first <= last; ++first) {
      const int second_last = columns_.size() > 2 ? k - first : 0;
      for (int second = 0; second <= second_last; ++second) {
        const std::array<int, 3> digits = columns_.size() == 1   ? std::array{k, 0, 0}
                                          : columns_.size() == 2 ? std::array{first, k - first, 0}
                                                                 : std::array{first, second, k - first - second};
        if (!even(digits, k)) {
          return false;
        }
      }
    }
    return true;
  }

  bool even(const std::array<int, 3>& digits, int k) {
    std::fill_n(boxes_.begin(), std::size_t{1} << static_cast<unsigned>(k), 0U);
    const std::uint32_t share = std::uint32_t{1} << static_cast<unsigned>(m_ - k);
    for (std::size_t i = 0; i < columns_.front().size(); ++i) {
      std::uint64_t box = 0;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto d = static_cast<unsigned>(digits[c]);
        box = d == 0 ? box : (box << d) | (columns_[c][i] >> (static_cast<unsigned>(word_bits) - d));
      }
      if (++boxes_[box] > share) {
        return false;
      }
    }
    return true;
  }

  std::span<const Rows> columns_;
  int m_;
  std::vector<std::uint32_t> boxes_;
};

/// The lexicographically next choice of size out of d; false after the last.
bool next_projection(std::vector<int>& projection, int d) {
  const int size = static_cast<int>(projection.size());
  for (int c = size - 1; c >= 0; --c) {
    if (projection[static_cast<std::size_t>(c)] < d - size + c) {
      int value = ++projection[static_cast<std::size_t>(c)];
      for (int rest = c + 1; rest < size; ++rest) {
        projection[static_cast<std::size_t>(rest)] = ++value;
      }
      return true;
    }
  }
  return false;
}

void check_size(int size, int dimensions) {
  if (size < 1 || size > std::min(3, dimensions)) {
    throw InputError("t values: projections onto " + std::to_string(size) + " coordinates of " + std::to_string(dimensions) +
                     "; 1, 2 or 3 are possible, and no more than there are");
  }
}

void include(TValues& values, int t, const std::vector<int>& projection) {
  if (static_cast<std::size_t>(t) >= values.histogram.size()) {
    values.histogram.resize(static_cast<std::size_t>(t) + 1, 0);
    values.worst = t;
    values.worst_projection = projection;
  }
  ++values.histogram[static_cast<std::size_t>(t)];
}

/// @param coordinates  what there is of every coordinate: rows of its matrix, or its points
/// @param t  (those of a projection) -> t
template <class Of>
TValues of_projections(const std::vector<std::vector<std::uint64_t>>& coordinates, int size, int threads, const Of& t) {
  const int d = static_cast<int>(coordinates.size());
  // One part for every first coordinate: parts are of very different sizes, and threads take them alternately.
  std::vector<TValues> parts(static_cast<std::size_t>(d - size + 1));
  const int workers = std::clamp(threads, 1, static_cast<int>(parts.size()));
  parallel(workers, 1, workers, [&](Index begin, Index end) {
    for (Index worker = begin; worker < end; ++worker) {
      for (auto first = static_cast<std::size_t>(worker); first < parts.size(); first += static_cast<std::size_t>(workers)) {
        std::vector<int> projection(static_cast<std::size_t>(size));
        for (int c = 0; c < size; ++c) {
          projection[static_cast<std::size_t>(c)] = static_cast<int>(first) + c;
        }
        do {
          std::array<Rows, 3> chosen;
          std::ranges::transform(projection, chosen.begin(), [&](int j) { return Rows(coordinates[static_cast<std::size_t>(j)]); });
          include(parts[first], t(std::span<const Rows>(chosen).first(projection.size())), projection);
        } while (next_projection(projection, d) && projection.front() == static_cast<int>(first));
      }
    }
  });
  TValues all = parts.front();
  for (std::size_t first = 1; first < parts.size(); ++first) {
    const TValues& part = parts[first];
    if (part.worst > all.worst) {
      all.worst = part.worst;
      all.worst_projection = part.worst_projection;
      all.histogram.resize(part.histogram.size(), 0);
    }
    for (std::size_t k = 0; k < part.histogram.size(); ++k) {
      all.histogram[k] += part.histogram[k];
    }
  }
  all.size = size;
  return all;
}

void check_m(const char* what, int m, int columns) {
  if (m < 1 || m > columns) {
    throw InputError(std::string(what) + ": m = " + std::to_string(m) + " is not in 1 … " + std::to_string(columns));
  }
}

}  // namespace

double TValues::mean() const {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t t = 0; t < histogram.size(); ++t) {
    sum += static_cast<double>(t) * static_cast<double>(histogram[t]);
    count += static_cast<double>(histogram[t]);
  }
  return sum / count;
}

int t_value(const DigitalNet& net, std::span<const int> dimensions, int m) {
  check_m("t_value", m, net.columns);
  if (dimensions.empty()) {
    throw InputError("t_value: no dimension is given");
  }
  const DigitalNet plain = net.interlacing == 1 ? net : multiply_out(net);
  std::vector<std::vector<std::uint64_t>> matrices;
  for (const int j : dimensions) {
    if (j < 0 || j >= net.dimensions) {
      throw InputError("t_value: dimension " + std::to_string(j) + " is not in 0 … " + std::to_string(net.dimensions - 1));
    }
    matrices.push_back(rows_of(plain.matrix(j), m));
  }
  return t_of(std::vector<Rows>(matrices.begin(), matrices.end()), m);
}

TValues net_t_values(const DigitalNet& net, int m, int size, int threads) {
  check_m("t values", m, net.columns);
  check_size(size, net.dimensions);
  const DigitalNet plain = net.interlacing == 1 ? net : multiply_out(net);
  std::vector<std::vector<std::uint64_t>> matrices;
  matrices.reserve(static_cast<std::size_t>(net.dimensions));
  for (int j = 0; j < net.dimensions; ++j) {
    matrices.push_back(rows_of(plain.matrix(j), m));
  }
  return of_projections(matrices, size, threads, [m](std::span<const Rows> projection) { return t_of(projection, m); });
}

TValues counted_t_values(std::span<const std::uint64_t> words, int dimensions, int size, int threads) {
  check_size(size, dimensions);
  const std::size_t d = static_cast<std::size_t>(dimensions);
  const std::size_t n = words.size() / d;
  if (words.size() % d != 0 || n < 2 || !std::has_single_bit(n) || n > std::size_t{1} << 31U) {
    throw InputError("t values: " + std::to_string(words.size()) + " words are not 2^m points of " + std::to_string(d) +
                     " coordinates, m in 1 … 31");
  }
  std::vector<std::vector<std::uint64_t>> columns(d, std::vector<std::uint64_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      columns[j][i] = words[i * d + j];
    }
  }
  const int m = std::countr_zero(n);
  return of_projections(columns, size, threads, [m](std::span<const Rows> projection) { return Counting(projection, m).t(); });
}

DigitalNet scrambled_matrices(const Sampler& sampler, int replicate, int columns) {
  check_m("scrambled matrices", columns, std::bit_width(sampler.max_points() - 1));
  DigitalNet net{sampler.dimensions(), 1, columns, word_bits, {}};
  for (int j = 0; j < net.dimensions; ++j) {
    const std::uint64_t origin = sampler.word(0, j, replicate);
    for (int c = 0; c < columns; ++c) {
      net.matrices.push_back(sampler.word(std::uint64_t{1} << static_cast<unsigned>(c), j, replicate) ^ origin);
    }
  }
  return net;
}

}  // namespace kindred::qmc
