// Convolutions of numbers that arrive in pieces: against the sum of the definition, whatever the pieces; and a uniformly partitioned
// convolution made of the transforms themselves. Bounds: eps log2(N) ‖x‖ ‖h‖.

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/overlap_save_stream.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

using Values = boost::mpl::list<float, double, std::complex<float>, std::complex<double>>;

template <class Value>
void append(std::vector<Value>& all, const std::vector<Value>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Pieces of 0, 1, … numbers, in a fixed irregular order.
template <class Value>
std::vector<Value> streamed(OverlapSaveStream<Value>& stream, const std::vector<Value>& x, std::size_t longest) {
  std::vector<Value> y;
  for (std::size_t begin = 0, k = 0; begin < x.size(); ++k) {
    const std::size_t count = std::min(x.size() - begin, k * 7919 % (longest + 1));
    append(y, stream.push({x.data() + begin, count}));
    begin += count;
    BOOST_TEST(static_cast<Index>(y.size()) + stream.latency() >= static_cast<Index>(begin));  // what latency() promises
  }
  append(y, stream.flush());
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_stream)

BOOST_AUTO_TEST_CASE_TEMPLATE(pieces_give_the_full_convolution, Value, Values) {
  for (const Index taps_count : {1, 2, 50, 333}) {
    for (const Index step : {0, 1, 17, 400}) {
      const std::vector<Value> x = random_values<Value>(1500, 1);
      const std::vector<Value> h = random_values<Value>(taps_count, 2);
      OverlapSaveStream<Value> stream(h, step);
      const std::vector<Value> y = streamed(stream, x, 97);
      const auto reference = expected(Mode::full, x.data(), {1500}, h.data(), {taps_count});
      BOOST_TEST(greatest_difference(y, reference) <= bound(x, {1500}, h, {taps_count}));
      BOOST_TEST(norm(y) > 0.5 * norm(reference));
    }
  }
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_pieces_and_a_stream_can_begin_anew) {
  const std::vector<double> x = random_values<double>(5000, 3);
  const std::vector<double> h = random_values<double>(120, 4);
  OverlapSaveStream<double> stream(h);
  const std::vector<double> once = streamed(stream, x, 5000);
  BOOST_TEST((streamed(stream, x, 13) == once));
  BOOST_TEST((streamed(stream, x, 1000) == once));
}

BOOST_AUTO_TEST_CASE(a_signal_shorter_than_the_kernel) {
  const std::vector<double> x = random_values<double>(3, 5);
  const std::vector<double> h = random_values<double>(64, 6);
  OverlapSaveStream<double> stream(h, 10);
  const std::vector<double> y = streamed(stream, x, 2);
  BOOST_TEST(greatest_difference(y, expected(Mode::full, x.data(), {3}, h.data(), {64})) <= bound(x, {3}, h, {64}));
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_refused) {
  const std::vector<double> h = {1.0, std::nan("")};
  BOOST_CHECK_THROW(OverlapSaveStream<double>(std::span<const double>{}), InputError);
  BOOST_CHECK_THROW(OverlapSaveStream<double>({h.data(), 1}, -1), InputError);
  BOOST_CHECK_THROW(OverlapSaveStream<double>(std::span<const double>(h)), InputError);
}

// A long kernel with little delay: P parts of B taps, and for every B numbers that arrive one transform there and one back,
//   Y_t = Σ_p H_p X_{t − p},  the last B numbers of its period,
// with spectra in the order in which the transform leaves them (W. Gardner, Efficient convolution without input-output delay, J. Audio
// Eng. Soc. 43 (1995) 127-136).
BOOST_AUTO_TEST_CASE(uniformly_partitioned_convolution_from_the_engine) {
  constexpr Index block = 64;
  constexpr Index parts = 9;
  constexpr Index steps = 25;
  const std::vector<double> h = random_values<double>(block * parts, 7);
  const std::vector<double> x = random_values<double>(block * steps, 8);
  const SequenceTransform<double> transform(block, -0.25, 1);  // a period of 2 block real numbers
  const auto numbers = static_cast<std::size_t>(transform.row_numbers());
  std::vector<qmc::LineVector<double>> kernels(parts, qmc::LineVector<double>(numbers));
  std::vector<qmc::LineVector<double>> spectra(parts, qmc::LineVector<double>(numbers));  // of the last inputs, a ring
  for (Index p = 0; p < parts; ++p) {
    transform.forward(h.data() + p * block, {0, block}, kernels[static_cast<std::size_t>(p)].data());
  }
  std::vector<double> y(x.size());
  qmc::LineVector<double> sums(numbers);
  for (Index t = 0; t < steps; ++t) {
    auto& newest = spectra[static_cast<std::size_t>(t % parts)];
    const Index before = t == 0 ? 0 : block;
    transform.forward(x.data() + t * block - before, {block - before, block + before}, newest.data());
    std::fill(sums.begin(), sums.end(), 0.0);
    for (Index p = 0; p <= std::min(t, parts - 1); ++p) {
      transform.multiply(spectra[static_cast<std::size_t>((t - p) % parts)].data(), kernels[static_cast<std::size_t>(p)].data(), false,
                         false, sums.data());
    }
    transform.backward(sums.data(), {block, block}, y.data() + t * block);
  }
  const auto reference = expected(Mode::causal, x.data(), {block * steps}, h.data(), {block * parts});
  BOOST_TEST(greatest_difference(y, reference) <= bound(x, {block * steps}, h, {block * parts}));
}

BOOST_AUTO_TEST_SUITE_END()
