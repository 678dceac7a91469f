#include <kindred/kernels/fftconv/fused/tables.hpp>

#include <complex>
#include <utility>

#include <kindred/kernels/fftconv/engine/roots.hpp>

namespace kindred::fftconv::fused {
namespace {

template <class To>
Complex<To> rounded(std::complex<long double> z) {
  return {static_cast<To>(z.real()), static_cast<To>(z.imag())};
}

/// Shift of a period's frequencies, in quarters.
template <class Value>
constexpr Index shift_quarters = std::is_arithmetic_v<Value> ? -1 : 0;

Index reversed(Index value, int bits) {
  Index result = 0;
  for (int bit = 0; bit < bits; ++bit) {
    result = 2 * result + ((value >> bit) & 1);
  }
  return result;
}

/// X_k = Σ_j exp(−2πi j (k + shift) / M) z_j at place k reversed: steps of two points, as Thread's.
template <class Wide>
class HostTransform {
 public:
  HostTransform(int log_length, Index shift) : length_(Index{1} << log_length) {
    // Step l, block b: exp(−2πi (reversed(b) + shift) / 2^{l+1}).
    for (int level = 0; level < log_length; ++level) {
      const Index order = Index{8} << level;
      for (Index block = 0; block < Index{1} << level; ++block) {
        roots_.emplace_back(root((4 * reversed(block, level) + shift + order) % order, order));
      }
    }
  }

  void forward(std::vector<std::complex<Wide>>& z) const {
    auto w = roots_.begin();
    for (Index half = length_ / 2; half >= 1; half /= 2) {
      for (Index first = 0; first < length_; first += 2 * half, ++w) {
        for (Index j = first; j < first + half; ++j) {
          auto& a = z[static_cast<std::size_t>(j)];
          auto& b = z[static_cast<std::size_t>(j + half)];
          const std::complex<Wide> c{b.real() * w->real() - b.imag() * w->imag(), b.real() * w->imag() + b.imag() * w->real()};
          b = a - c;
          a += c;
        }
      }
    }
  }

 private:
  Index length_;
  std::vector<std::complex<Wide>> roots_;
};

}  // namespace

template <class Value>
std::vector<Complex<Real<Value>>> roots_of(const Shape& shape) {
  using To = Real<Value>;
  std::vector<Complex<To>> table;
  table.reserve(static_cast<std::size_t>(shape.residues * shape.table_numbers()));
  const Index parts = 4 * Index{shape.residues};
  for (Index residue = 0; residue < shape.residues; ++residue) {
    const Index shift = 4 * residue + shift_quarters<Value>;  // in parts of a frequency of the residue's transform
    for (int pass = 1; pass < shape.passes; ++pass) {
      const int block_bits = shape.log_length - shape.block_bits(pass);
      const Index order = parts << (block_bits + shape.bits[pass]);
      for (int j = 0; j < shape.bits[pass]; ++j) {
        for (Index block = 0; block < Index{1} << block_bits; ++block) {
          const Index turn = (parts * reversed(block, block_bits) + shift) * (Index{1} << j);
          table.push_back(rounded<To>(root((turn + order) % order, order)));
        }
      }
    }
    for (int pass = 0; pass < shape.passes - 1; ++pass) {
      const Index order = Index{1} << shape.block_bits(pass);
      for (int j = 0; j < shape.bits[pass]; ++j) {
        for (Index place = 0; place < shape.stride(pass); ++place) {
          table.push_back(rounded<To>(std::conj(root((place << j) % order, order))));
        }
      }
    }
    const Index order = parts * shape.length();
    for (Index thread = 0; thread < shape.threads(); ++thread) {
      table.push_back(rounded<To>(std::conj(root((thread * shift + order) % order, order))));
    }
  }
  return table;
}

template <class Value>
std::vector<Complex<Real<Value>>> spectra_of(const Shape& shape, std::span<const Value> taps, Index kernels) {
  using To = Real<Value>;
  using Wide = std::conditional_t<sizeof(To) == 4, double, long double>;
  const Index length = shape.numbers();
  const Index count = static_cast<Index>(taps.size()) / kernels;
  const HostTransform<Wide> transform(shape.log_length + (shape.residues == 2 ? 1 : 0), shift_quarters<Value>);
  std::vector<Complex<To>> spectra;
  spectra.reserve(static_cast<std::size_t>(kernels * length));
  std::vector<std::complex<Wide>> z;
  for (Index kernel = 0; kernel < kernels; ++kernel) {
    z.assign(static_cast<std::size_t>(length), {});
    for (Index k = 0; k < count; ++k) {
      // Modulo x^M − i, or x^M − 1.
      const Index laps = std::is_arithmetic_v<Value> ? (k / length) % 4 : 0;
      const Value tap = taps[static_cast<std::size_t>(kernel * count + k)];
      std::complex<Wide> term(tap);
      for (Index lap = 0; lap < laps; ++lap) {
        term = {-term.imag(), term.real()};
      }
      z[static_cast<std::size_t>(k % length)] += term;
    }
    transform.forward(z);
    for (int residue = 0; residue < shape.residues; ++residue) {
      for (int c = 0; c < shape.elements(); ++c) {
        for (int thread = 0; thread < shape.threads(); ++thread) {
          const auto& value = z[static_cast<std::size_t>(residue * shape.length() + (thread << shape.log_elements) + c)];
          spectra.push_back(rounded<To>(std::complex<long double>(value) / static_cast<long double>(length)));
        }
      }
    }
  }
  return spectra;
}

#define KINDRED_FUSED_TABLES(Value)                                         \
  template std::vector<Complex<Real<Value>>> roots_of<Value>(const Shape&); \
  template std::vector<Complex<Real<Value>>> spectra_of<Value>(const Shape&, std::span<const Value>, Index);
KINDRED_FUSED_TABLES(float)
KINDRED_FUSED_TABLES(double)
KINDRED_FUSED_TABLES(std::complex<float>)
KINDRED_FUSED_TABLES(std::complex<double>)

}  // namespace kindred::fftconv::fused
