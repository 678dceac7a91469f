#include <kindred/solvers/family/lane_fourier.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <kindred/solvers/family/lane_stages.hpp>

namespace kindred {
namespace {

/// Radices of a length, the largest first: the dense stages then find their rows close together.
std::vector<Index> radices(Index length) {
  std::vector<Index> found;
  for (Index p = 3; p * p <= length; p += 2) {
    for (; length % p == 0; length /= p) {
      found.push_back(p);
    }
  }
  for (; length % 4 == 0; length /= 4) {
    found.push_back(4);
  }
  for (; length % 2 == 0; length /= 2) {
    found.push_back(2);
  }
  if (length > 1) {
    found.push_back(length);
  }
  std::ranges::sort(found, std::greater{});
  return found;
}

/// The least length from `least` with the prime factors 2, 3 and 5 alone.
Index smooth_length(Index least) {
  for (;; ++least) {
    const auto factors = radices(least);
    if (std::ranges::all_of(factors, [](Index p) { return p <= 5; })) {
      return least;
    }
  }
}

/// exp(−2πi numerator / denominator)
template <class Real>
void append_root(Index numerator, Index denominator, std::vector<Real>& out) {
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(numerator % denominator) / static_cast<double>(denominator);
  out.push_back(static_cast<Real>(std::cos(angle)));
  out.push_back(static_cast<Real>(-std::sin(angle)));
}

template <class Real>
typename LaneFourier<Real>::Stage make_stage(Index radix, Index done, Index left) {
  typename LaneFourier<Real>::Stage stage;
  stage.radix = radix;
  stage.done = done;
  stage.left = left;
  for (Index j = 0; j < left; ++j) {
    for (Index k = 1; k < radix; ++k) {
      append_root(j * k, left * radix, stage.twiddle);
    }
  }
  if (radix > largest_special_radix) {
    const Index half = (radix - 1) / 2;
    std::vector<Real> root;
    for (Index j = 0; j < radix; ++j) {
      append_root(j, radix, root);
    }
    for (Index k = 1; k <= half; ++k) {
      for (Index j = 1; j <= half; ++j) {
        const auto at = static_cast<std::size_t>(2 * (j * k % radix));
        stage.cosine.push_back(root[at]);
        stage.sine.push_back(-root[at + 1]);
      }
    }
    stage.sums.resize(static_cast<std::size_t>(2 * row_size<Real> * half));
  }
  return stage;
}

}  // namespace

/// Bluestein: with w_j = exp(−πi j² / n), X_k = w_k sum over j of (w_j x_j) conj(w_{k−j}), a cyclic convolution of any length from 2n − 1.
template <class Real>
struct LaneFourier<Real>::Chirp {
  explicit Chirp(Index length) : n(length), fourier(smooth_length(2 * length - 1)), padded(smooth_length(2 * length - 1)) {
    for (Index j = 0; j < n; ++j) {
      append_root(j * j % (2 * n), 2 * n, factor);
    }
    first.resize(static_cast<std::size_t>(padded * row_size<Real>));
    second.resize(first.size());
    for (Index j = 0; j < n; ++j) {
      for (const Index at : {j, j == 0 ? 0 : padded - j}) {
        first[static_cast<std::size_t>(at * row_size<Real>)] = factor[static_cast<std::size_t>(2 * j)];
        first[static_cast<std::size_t>(at * row_size<Real> + lanes<Real>)] = -factor[static_cast<std::size_t>(2 * j + 1)];
      }
    }
    const Real* const spectrum = fourier(first.data(), second.data());
    for (Index k = 0; k < padded; ++k) {
      // Conjugated and divided by the length, for the inverse transform: its result is the conjugate of the forward one's.
      kernel.push_back(spectrum[k * row_size<Real>] / static_cast<Real>(padded));
      kernel.push_back(spectrum[k * row_size<Real> + lanes<Real>] / static_cast<Real>(padded));
    }
  }

  void transform(Real* data) {
    std::ranges::fill(first, Real{0});
    for (Index j = 0; j < n; ++j) {
      multiply_row(data + j * row_size<Real>, factor.data() + 2 * j, false, first.data() + j * row_size<Real>);
    }
    Real* const spectrum = fourier(first.data(), second.data());
    for (Index k = 0; k < padded; ++k) {
      multiply_row(spectrum + k * row_size<Real>, kernel.data() + 2 * k, true, spectrum + k * row_size<Real>);
    }
    const Real* const result = fourier(spectrum, spectrum == first.data() ? second.data() : first.data());
    for (Index k = 0; k < n; ++k) {
      Real conjugate[row_size<Real>];
      for (Index l = 0; l < lanes<Real>; ++l) {
        conjugate[l] = result[k * row_size<Real> + l];
        conjugate[lanes<Real> + l] = -result[k * row_size<Real> + lanes<Real> + l];
      }
      multiply_row(conjugate, factor.data() + 2 * k, false, data + k * row_size<Real>);
    }
  }

  Index n;
  LaneFourier fourier;
  Index padded;
  std::vector<Real> factor, kernel;
  std::vector<Real> first, second;
};

template <class Real>
LaneFourier<Real>::LaneFourier(Index length) {
  const std::vector<Index> factors = radices(length);
  if (!factors.empty() && factors.front() > largest_prime) {
    chirp_ = std::make_unique<Chirp>(length);
    return;
  }
  Index done = 1;
  for (const Index radix : factors) {
    stages_.push_back(make_stage<Real>(radix, done, length / (done * radix)));
    done *= radix;
  }
}

template <class Real>
LaneFourier<Real>::~LaneFourier() = default;
template <class Real>
LaneFourier<Real>::LaneFourier(LaneFourier&&) noexcept = default;
template <class Real>
LaneFourier<Real>& LaneFourier<Real>::operator=(LaneFourier&&) noexcept = default;

template <class Real>
Real* LaneFourier<Real>::operator()(Real* data, Real* other) const {
  if (chirp_) {
    chirp_->transform(data);
    return data;
  }
  for (const Stage& stage : stages_) {
    run_stage(stage, data, other);
    std::swap(data, other);
  }
  return data;
}

template <class Real>
std::size_t LaneFourier<Real>::bytes() const {
  std::size_t count = 0;
  for (const Stage& s : stages_) {
    count += s.twiddle.size() + s.cosine.size() + s.sine.size() + s.sums.size();
  }
  std::size_t total = sizeof(Real) * count;
  if (chirp_) {
    total += chirp_->fourier.bytes() +
             sizeof(Real) * (chirp_->factor.size() + chirp_->kernel.size() + chirp_->first.size() + chirp_->second.size());
  }
  return total;
}

template class LaneFourier<float>;
template class LaneFourier<double>;

}  // namespace kindred
