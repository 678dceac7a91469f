// FFTW as an engine: long arrays against the engine of our own, which shares nothing with it; wisdom files, and what is left of them
// behind.

#include <boost/test/unit_test.hpp>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fftw_convolver.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace fs = std::filesystem;

namespace {

/// A folder of its own as the user's cache, as long as the object lives.
class CacheFolder {
 public:
  CacheFolder() {
    std::string name = (fs::temp_directory_path() / "kindred-wisdom-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
    ::setenv("XDG_CACHE_HOME", path_.c_str(), 1);
  }
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;
  ~CacheFolder() {
    ::unsetenv("XDG_CACHE_HOME");
    fs::remove_all(path_);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (entry.is_regular_file()) {
        all.push_back(entry.path());
      }
    }
    return all;
  }

 private:
  fs::path path_;
};

template <class Value>
std::vector<Value> convolved(const std::vector<Value>& x, const std::vector<Value>& h, Method method, Effort effort) {
  ConvolutionPlan<Value> plan(
      {.data = {static_cast<Index>(x.size())}, .kernel = {static_cast<Index>(h.size())}, .method = method, .effort = effort});
  plan.set_kernel(h);
  std::vector<Value> y(x.size() + h.size() - 1);
  plan.apply(x, y);
  return y;
}

template <class Value>
void compare_long(Index data, Index kernel, Method method) {
  const std::vector<Value> x = random_values<Value>(data, 1);
  const std::vector<Value> h = random_values<Value>(kernel, 2);
  const std::vector<Value> y = convolved(x, h, method, Effort::estimate);
  std::vector<Exact<Value>> reference;
  for (const Value& value : convolved(x, h, Method::fftw, Effort::estimate)) {
    reference.push_back(exact(value));
  }
  BOOST_TEST(greatest_difference(y, reference) <= 2.0 * bound(x, {data}, h, {kernel}));  // each is allowed one
  BOOST_TEST(norm(y) > 0.5 * norm(reference));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_fftw)

BOOST_AUTO_TEST_CASE(long_arrays) {
  if (!fftw_available()) {
    BOOST_CHECK_THROW(ConvolutionPlan<double>({.data = {4}, .kernel = {2}, .method = Method::fftw}), InputError);
    return;
  }
  for (const Method method : {Method::automatic, Method::overlap_save, Method::fft, Method::hybrid}) {
    compare_long<double>(10'007, 10'007, method);
    compare_long<double>(65'537, 1021, method);
    compare_long<float>(65'535, 4099, method);
    compare_long<std::complex<float>>(16'385, 1000, method);
    compare_long<std::complex<double>>(10'007, 257, method);
  }
}

BOOST_AUTO_TEST_CASE(good_lengths) {
  for (Index least = 1; least < 3000; ++least) {
    const Index good = fftw_good_length(least);
    BOOST_TEST(good >= least);
    Index rest = good;
    for (const Index p : {2, 3, 5, 7}) {
      while (rest % p == 0) {
        rest /= p;
      }
    }
    BOOST_TEST((rest == 1 || rest == 11 || rest == 13));
  }
}

BOOST_AUTO_TEST_CASE(estimated_plans_touch_no_file_and_measured_ones_leave_wisdom) {
  if (!fftw_available()) {
    return;
  }
  const CacheFolder cache;
  const std::vector<double> x = random_values<double>(300, 1);
  const std::vector<double> h = random_values<double>(50, 2);
  const std::vector<double> y = convolved(x, h, Method::fftw, Effort::estimate);
  BOOST_TEST(cache.files().empty());
  const auto reference = expected(Mode::full, x.data(), {300}, h.data(), {50});
  BOOST_TEST(greatest_difference(convolved(x, h, Method::fftw, Effort::measure), reference) <= bound(x, {300}, h, {50}));
  BOOST_REQUIRE(cache.files().size() == 1);
  BOOST_TEST(cache.files()[0].filename().string().starts_with("fftw-wisdom"));
  BOOST_TEST(fs::file_size(cache.files()[0]) > 0);
  // What was measured in this process has no effect on estimated plans: the same bits.
  BOOST_TEST((convolved(x, h, Method::fftw, Effort::estimate) == y));
  // With the wisdom the same plan is found again.
  BOOST_TEST((convolved(x, h, Method::fftw, Effort::measure) == convolved(x, h, Method::fftw, Effort::measure)));
}

BOOST_AUTO_TEST_CASE(damaged_wisdom_and_folders_that_cannot_be_written_are_no_error) {
  if (!fftw_available()) {
    return;
  }
  const CacheFolder cache;
  const std::vector<float> x = random_values<float>(200, 1);
  const std::vector<float> h = random_values<float>(40, 2);
  const auto reference = expected(Mode::full, x.data(), {200}, h.data(), {40});
  const double allowed = bound(x, {200}, h, {40});
  BOOST_TEST(greatest_difference(convolved(x, h, Method::fftw, Effort::measure), reference) <= allowed);
  const fs::path file = cache.files().at(0);
  std::ofstream(file) << "(fftw-3.3 nonsense";
  BOOST_TEST(greatest_difference(convolved(x, h, Method::fftw, Effort::measure), reference) <= allowed);
  fs::remove_all(cache.path() / "kindred");
  std::ofstream(cache.path() / "kindred") << "a file where the folder should be";
  BOOST_TEST(greatest_difference(convolved(x, h, Method::fftw, Effort::measure), reference) <= allowed);
}

// FFTW's plans want arrays aligned as those they were made for, and spectra of odd numbers of floats would not lie so one after the other.
BOOST_AUTO_TEST_CASE(plans_find_the_spectra_of_several_kernels_aligned) {
  if (!fftw_available()) {
    return;
  }
  constexpr Index inputs = 3;
  constexpr Index kernel = 129;
  for (const Index data : {2001, 2187, 2500, 2744, 3125, 4050, 4099}) {  // valid: the periods themselves
    ConvolutionPlan<float> plan({.data = {data}, .kernel = {kernel}, .mode = Mode::valid, .inputs = inputs, .method = Method::fftw});
    const std::vector<float> x = random_values<float>(inputs * data, 1);
    const std::vector<float> h = random_values<float>(inputs * kernel, 2);
    plan.set_kernel(h);
    std::vector<float> y(static_cast<std::size_t>(data - kernel + 1));
    plan.apply(x, y);
    std::vector<long double> reference(y.size());
    double allowed = 0.0;
    for (Index j = 0; j < inputs; ++j) {
      const std::vector<float> xj(x.begin() + j * data, x.begin() + (j + 1) * data);
      const std::vector<float> hj(h.begin() + j * kernel, h.begin() + (j + 1) * kernel);
      const auto part = expected(Mode::valid, xj.data(), {data}, hj.data(), {kernel});
      std::ranges::transform(part, reference, reference.begin(), std::plus<>());
      allowed += bound(xj, {data}, hj, {kernel});
    }
    BOOST_TEST(greatest_difference(y, reference) <= allowed);
  }
}

BOOST_AUTO_TEST_CASE(plans_may_be_made_in_several_threads) {
  if (!fftw_available()) {
    return;
  }
  const CacheFolder cache;
  std::vector<std::thread> threads;
  std::vector<double> errors(4, 1.0);
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([t, &errors] {
      const Index length = 100 + t;
      const std::vector<double> x = random_values<double>(length, t);
      const std::vector<double> h = random_values<double>(30, t + 10);
      const std::vector<double> y = convolved(x, h, Method::fftw, t % 2 == 0 ? Effort::estimate : Effort::measure);
      errors[t] = greatest_difference(y, expected(Mode::full, x.data(), {length}, h.data(), {30})) / bound(x, {length}, h, {30});
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const double error : errors) {
    BOOST_TEST(error <= 1.0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
