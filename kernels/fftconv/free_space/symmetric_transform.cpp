#include <kindred/kernels/fftconv/free_space/symmetric_transform.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace kindred::fftconv {
namespace {

constexpr Index pencils = row_size<double>;

struct Free {
  void operator()(double* p) const { ::operator delete[](p, std::align_val_t{64}); }
};

std::unique_ptr<double[], Free> aligned_rows(Index count) {
  const auto numbers = static_cast<std::size_t>(count * row_size<double>);
  return std::unique_ptr<double[], Free>(new (std::align_val_t{64}) double[numbers]());
}

}  // namespace

SymmetricTransform::SymmetricTransform(Index period, Index kept, Parity parity)
    : period_(period), kept_(kept), parity_(parity), transform_(period), positions_(static_cast<std::size_t>(kept)) {
  for (Index position = 0; position < period; ++position) {
    if (const Index frequency = transform_.frequency(position); frequency < kept) {
      positions_[static_cast<std::size_t>(frequency)] = position;
    }
  }
}

void SymmetricTransform::apply(double* data, Index outer, Index inner) const {
  const auto rows = aligned_rows(period_);
  const Index total = outer * inner;
  for (Index first = 0; first < total; first += pencils) {
    const Index count = std::min(pencils, total - first);
    std::array<Index, pencils> from{};
    std::array<Index, pencils> to{};
    for (Index p = 0; p < count; ++p) {
      const Index block = (first + p) / inner;
      const Index column = (first + p) % inner;
      from[static_cast<std::size_t>(p)] = block * inputs() * inner + column;
      to[static_cast<std::size_t>(p)] = block * kept_ * inner + column;
    }
    load(data, from.data(), count, inner, rows.get());
    transform_.forward(rows.get());
    store(rows.get(), to.data(), count, inner, data);
  }
}

void SymmetricTransform::load(const double* data, const Index* starts, Index count, Index stride, double* rows) const {
  const double sign = parity_ == Parity::odd ? -1.0 : 1.0;
  for (Index k = 0; k < inputs(); ++k) {
    const Index mirror = (period_ - k) % period_;
    double* row = rows + k * pencils;
    double* image = rows + mirror * pencils;
    const double factor = parity_ == Parity::odd && mirror == k ? 0.0 : 1.0;  // of an odd function's values at 0 and N/2
    for (Index p = 0; p < count; ++p) {
      const double value = factor * data[starts[p] + k * stride];
      image[p] = sign * value;
      row[p] = value;
    }
    std::fill(image + count, image + pencils, 0.0);  // their partners in the last group would see what the one before left
    std::fill(row + count, row + pencils, 0.0);
  }
}

void SymmetricTransform::store(const double* rows, const Index* starts, Index count, Index stride, double* data) const {
  // With real a, b the transform of a + ib is A + iB for even functions and, for odd ones, B' − iA' with A' = Σ a sin; wanted is −A', −B'.
  constexpr Index half = pencils / 2;
  for (Index j = 0; j < kept_; ++j) {
    const double* row = rows + positions_[static_cast<std::size_t>(j)] * pencils;
    for (Index p = 0; p < count; ++p) {
      const double odd = p < half ? row[p + half] : -row[p - half];
      data[starts[p] + j * stride] = parity_ == Parity::odd ? odd : row[p];
    }
  }
}

}  // namespace kindred::fftconv
