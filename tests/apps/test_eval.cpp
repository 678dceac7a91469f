// `kindred eval`: values against the library and published digits, arrays of any rank and type, and what it refuses.
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <numeric>
#include <sstream>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/array.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>
#include <kindred/operators/functions/elementwise_kernel.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"
#include "refusals.hpp"

using namespace kindred;
using kernels::Accuracy;
using kernels::BesselFunction;
using kindred::test::contains;
using kindred::test::ProcessResult;
using kindred::test::TemporaryFolder;

namespace {

const std::string executable = KINDRED_EXECUTABLE;

ProcessResult eval(const std::string& arguments) { return kindred::test::run(executable + " eval " + arguments); }

Index product(const std::vector<Index>& shape) { return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>()); }

/// Uniform numbers on (0, scale), of the stream `name`.
template <class T>
std::vector<T> uniform(Index count, const std::string& name, double scale) {
  const Draws draws(1, name, 0);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<T>(scale * draws.uniform(i));
  }
  return values;
}

class NewFile {
 public:
  explicit NewFile(const std::string& path) : file_(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT))) {}
  template <class T>
  void add(const std::string& name, const std::vector<Index>& shape, const std::vector<T>& values, hid_t memory_type,
           const std::vector<hsize_t>& chunk = {}) const {
    const std::vector<hsize_t> sizes(shape.begin(), shape.end());
    const hdf5::Dataspace space(sizes.empty() ? KINDRED_HDF5(H5Screate(H5S_SCALAR))
                                              : KINDRED_HDF5(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)));
    const hdf5::PropertyList creation(KINDRED_HDF5(H5Pcreate(H5P_DATASET_CREATE)));
    if (!chunk.empty()) {
      KINDRED_HDF5(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()));
      KINDRED_HDF5(H5Pset_deflate(creation, 1));
    }
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file_, name.c_str(), memory_type, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
    KINDRED_HDF5(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  }
  [[nodiscard]] hid_t id() const { return file_; }

 private:
  hdf5::File file_;
};

template <class T>
std::vector<T> read_value(const std::string& path, const std::vector<Index>& shape) {
  const hdf5::File file = hdf5::open_readonly(path);
  const data::ArrayReader value(file, "value");
  BOOST_TEST(value.shape() == shape, boost::test_tools::per_element());
  BOOST_TEST((value.precision() == data::Precision::f32) == (sizeof(T) == sizeof(float)));
  std::vector<T> values(static_cast<std::size_t>(value.size()));
  value.read(data::Box{std::vector<Index>(shape.size(), 0), shape}, std::span<T>(values));
  return values;
}

/// A kernel as a user's plugin would bring it: three arguments and an option.
struct WeightedSumParameters {
  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> c;
  double factor = 1.0;

  static Schema<WeightedSumParameters> schema() {
    return {parameter("a", &WeightedSumParameters::a).required().doc("First."),
            parameter("b", &WeightedSumParameters::b).required().doc("Second."),
            parameter("c", &WeightedSumParameters::c).required().doc("Third."),
            parameter("factor", &WeightedSumParameters::factor).doc("Of the sum.")};
  }
};

class WeightedSum final : public ElementwiseKernel {
 public:
  explicit WeightedSum(double factor) : factor_(factor) {}
  void evaluate(std::span<const std::span<const double>> arguments, std::span<double> out, int /*threads*/) const override {
    sum(arguments, out);
  }
  void evaluate(std::span<const std::span<const float>> arguments, std::span<float> out, int /*threads*/) const override {
    sum(arguments, out);
  }

 private:
  template <class T>
  void sum(std::span<const std::span<const T>> arguments, std::span<T> out) const {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto at = [&](std::size_t a) { return arguments[a][arguments[a].size() == 1 ? 0 : i]; };
      out[i] = static_cast<T>(factor_) * (at(0) + T{2} * at(1) + T{3} * at(2));
    }
  }
  double factor_;
};

const Registration weighted_sum = plugin<ElementwiseKernel, WeightedSumParameters>("test_weighted_sum")
                                      .summary("a + 2 b + 3 c")
                                      .factory([](const WeightedSumParameters& p) { return std::make_unique<WeightedSum>(p.factor); });

}  // namespace

BOOST_AUTO_TEST_SUITE(test_eval)

BOOST_AUTO_TEST_CASE(numbers_are_printed_with_all_their_digits) {
  // log I_3(5) in ball arithmetic, to 21 digits. Fast results are good to 4 eps C, C = |L| + R + v asinh(v/x) < 10.
  const auto one = eval("log_iv --v 3 --x 5");
  BOOST_TEST(one.status == 0, one.err);
  BOOST_TEST(std::abs(std::stod(one.out) - 2.33516361954243526099891) < 4.5e-15);
  // The same double comes back: 17 digits identify it.
  BOOST_TEST(std::stod(one.out) == kernels::log_iv(3.0, 5.0));

  const auto several = eval("log_kv --v 0.5 --x 1,2,1e4 --accuracy accurate");
  BOOST_TEST(several.status == 0, several.err);
  std::istringstream lines(several.out);
  for (const double x : {1.0, 2.0, 1e4}) {
    double value = 0.0;
    BOOST_TEST(static_cast<bool>(lines >> value));
    // K_½(x) = sqrt(π/(2x)) e^-x
    const double exact = 0.5 * std::log(std::acos(-1.0) / (2.0 * x)) - x;
    BOOST_TEST(std::abs(value - exact) <= 8.0 * 0x1p-53 * std::max(1.0, std::abs(exact)));
  }
}

BOOST_AUTO_TEST_CASE(json_names_what_was_computed_and_has_words_for_what_json_lacks) {
  const auto result = eval("log_iv --v 1,2 --x=-3,inf --json");
  BOOST_TEST(result.status == 0, result.err);
  const auto json = nlohmann::json::parse(result.out);
  BOOST_TEST(json.at("function") == "log_iv");
  BOOST_TEST(json.at("accuracy") == "fast");
  BOOST_TEST(json.at("arguments").at("x").at(1) == "inf");
  BOOST_TEST(json.at("value").at(0) == "nan");
  BOOST_TEST(json.at("value").at(1) == "inf");
}

BOOST_AUTO_TEST_CASE(arrays_of_any_rank_and_layout_give_what_the_library_gives) {
  const TemporaryFolder folder;
  const std::vector<Index> shape{3, 700, 201};  // several blocks
  const auto v = uniform<double>(product(shape), "v", 40.0);
  const auto x = uniform<double>(product(shape), "x", 200.0);
  {
    const NewFile file(folder / "in.h5");
    file.add("v", shape, v, H5T_NATIVE_DOUBLE);
    file.add("x", shape, x, H5T_NATIVE_DOUBLE, {2, 64, 50});
  }
  for (const std::string threads : {"1", "3"}) {
    const auto result = eval((folder / "in.h5") + " " + (folder / "out.h5") + " log_kv --force --accuracy accurate --threads " + threads);
    BOOST_TEST(result.status == 2);  // the function comes first
    const auto made =
        eval("log_kv " + (folder / "in.h5") + " " + (folder / "out.h5") + " --force --accuracy accurate --threads " + threads);
    BOOST_TEST_REQUIRE(made.status == 0, made.err);
    std::vector<double> expected(v.size());
    kernels::evaluate(BesselFunction::log_kv, v, x, expected, {Accuracy::accurate, 1});
    BOOST_TEST((read_value<double>(folder / "out.h5", shape) == expected));  // to the bit
  }
  const hdf5::File file = hdf5::open_readonly(folder / "out.h5");
  const hdf5::Dataset value(KINDRED_HDF5(H5Dopen2(file, "value", H5P_DEFAULT)));
  BOOST_TEST(hdf5::read_string_attribute(value, "function") == "log_kv");
  BOOST_TEST(hdf5::read_string_attribute(value, "accuracy") == "accurate");
  BOOST_TEST(!hdf5::read_string_attribute(file, "version").empty());
  BOOST_TEST(contains(hdf5::read_string_attribute(file, "command_line"), "eval log_kv"));
}

BOOST_AUTO_TEST_CASE(the_type_of_the_varying_arguments_is_that_of_the_result) {
  const TemporaryFolder folder;
  const auto x = uniform<float>(600, "x", 50.0);
  std::vector<int> orders(600);
  std::iota(orders.begin(), orders.end(), 0);
  {
    const NewFile file(folder / "in.h5");
    file.add("x", {20, 30}, x, H5T_NATIVE_FLOAT);
    file.add("order", {20, 30}, orders, H5T_NATIVE_INT);
    file.add("half", {1}, std::vector<double>{0.5}, H5T_NATIVE_DOUBLE);
    file.add("two", {}, std::vector<double>{2.0}, H5T_NATIVE_DOUBLE);
  }
  const auto at = [&](const std::string& arguments) {
    const auto made = eval("log_iv " + (folder / "in.h5") + " " + (folder / "out.h5") + " --force " + arguments);
    BOOST_TEST_REQUIRE(made.status == 0, made.err);
  };
  std::vector<float> single(x.size());
  for (const auto& [argument, v] : {std::pair<std::string, float>{"--v half", 0.5F}, {"--v two", 2.0F}, {"v=3.25", 3.25F}}) {
    at(argument);
    kernels::evaluate(BesselFunction::log_iv, std::vector<float>{v}, x, single);
    BOOST_TEST((read_value<float>(folder / "out.h5", {20, 30}) == single), argument);
  }
  at("--v order --x 2");  // integers count as double
  std::vector<double> expected(orders.size());
  kernels::evaluate(BesselFunction::log_iv, std::vector<double>(orders.begin(), orders.end()), std::vector<double>{2.0}, expected);
  BOOST_TEST((read_value<double>(folder / "out.h5", {20, 30}) == expected));
  at("--v half --x two");  // nothing varies: the shape with the most axes
  BOOST_TEST(read_value<double>(folder / "out.h5", {1}).front() == kernels::log_iv(0.5, 2.0));
}

BOOST_AUTO_TEST_CASE(an_empty_array_has_no_values) {
  const TemporaryFolder folder;
  {
    const NewFile file(folder / "in.h5");
    file.add("x", {0, 4}, std::vector<double>{}, H5T_NATIVE_DOUBLE);
  }
  const auto made = eval("log_iv " + (folder / "in.h5") + " " + (folder / "out.h5") + " --v 1");
  BOOST_TEST_REQUIRE(made.status == 0, made.err);
  BOOST_TEST(read_value<double>(folder / "out.h5", {0, 4}).empty());
}

BOOST_AUTO_TEST_CASE(bad_requests_are_refused_and_leave_nothing_behind) {
  const TemporaryFolder folder;
  const std::string in = folder / "in.h5";
  const std::string out = folder / "out.h5";
  {
    const NewFile file(in);
    file.add("v", {3}, std::vector<double>{1.0, 2.0, 3.0}, H5T_NATIVE_DOUBLE);
    file.add("x", {2, 2}, std::vector<double>{1.0, 2.0, 3.0, 4.0}, H5T_NATIVE_DOUBLE);
    hdf5::write_string_dataset(file.id(), "words", "no numbers");
  }
  kindred::test::write_text(folder / "text.h5", "no HDF5");
  const std::vector<kindred::test::Refusal> cases = {
      {"log_i --v 1 --x 1", 2, "did you mean \"log_iv\"?"},
      {"log_iv --v 1", 2, "needs its argument x"},
      {"log_iv --v 1,2 --x 1,2,3", 2, "x has 3 values"},
      {"log_iv --v one --x 1", 2, "write a number"},
      {"log_iv --v 1 --x 1 y=2", 2, "has no parameter \"y\""},
      {"log_iv --v 1 --x 1 --accuracy precise", 2, "must be one of \"fast\", \"accurate\""},
      {"iv_ratio --v 1 --x 1 --accuracy fast", 2, "has no parameter \"accuracy\""},
      {"log_iv --v 1 --x 1 --threads -1", 2, "not in range"},
      {"log_iv " + in, 2, "give two files"},
      {"log_iv " + in + " " + out, 2, "\"v\" is (3), \"x\" is (2, 2)"},
      {"log_iv " + in + " " + out + " --x y", 2, "has no dataset \"y\"; it has: v, x, words"},
      {"log_iv " + in + " " + out + " --v words", 2, "holds text"},
      {"log_iv " + in + " " + out + " --v 1 --x 2", 2, "no argument is read"},
      {"log_iv " + in + " " + out + " --v 1,2", 2, "one number, or the name of a dataset"},
      {"log_iv " + in + " " + in + " --v 1 --force", 2, "is the input"},
      {"log_iv " + in + " " + (folder / "text.h5") + " --v 1", 2, "exists already"},
      {"log_iv " + (folder / "none.h5") + " " + out, 4, "there is no such file"},
      {"log_iv " + (folder / "text.h5") + " " + out, 4, "not an HDF5 file"},
      {"log_iv " + in + " /dev/null/out.h5 --v 1", 4, "cannot create"},
  };
  kindred::test::check_refusals(eval, cases, out);
  BOOST_TEST(kindred::test::read_text(folder / "text.h5") == "no HDF5");
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_leaves_no_file) {
  const TemporaryFolder folder;
  {
    const NewFile file(folder / "in.h5");
    file.add("x", {100000}, uniform<double>(100000, "x", 9.0), H5T_NATIVE_DOUBLE);
  }
  // 100 kB a file at most, as a full disk would have it
  const auto result = kindred::test::run("trap '' XFSZ; ulimit -f 100; " + executable + " eval log_kv " + (folder / "in.h5") + " " +
                                         (folder / "out.h5") + " --v 3");
  BOOST_TEST(result.status == 4);
  BOOST_TEST(contains(result.err, "cannot write"), result.err);
  BOOST_TEST(contains(result.err, "make room"), result.err);
  BOOST_TEST(!std::filesystem::exists(folder / "out.h5"));
  BOOST_TEST(!std::filesystem::exists(folder / "out.h5.part"));
}

BOOST_AUTO_TEST_CASE(an_interrupted_evaluation_leaves_no_file) {
  const TemporaryFolder folder;
  {  // 2e8 floats that take no room in the file: all have the fill value
    const NewFile file(folder / "in.h5");
    const std::vector<hsize_t> sizes{20000, 10000};
    const hdf5::Dataspace space(KINDRED_HDF5(H5Screate_simple(2, sizes.data(), nullptr)));
    const hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file.id(), "x", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  }
  const std::string out = folder / "out.h5";
  const auto result = kindred::test::run(executable + " eval log_kv " + (folder / "in.h5") + " " + out +
                                         " --v 3 --threads 1 & until [ -e " + out + ".part ]; do sleep 0.01; done; kill -INT $!; wait $!");
  BOOST_TEST(result.status == 75);
  BOOST_TEST(contains(result.err, "nothing was written"), result.err);
  BOOST_TEST(!std::filesystem::exists(out));
  BOOST_TEST(!std::filesystem::exists(out + ".part"));
}

BOOST_AUTO_TEST_CASE(a_kernel_with_arguments_and_options_of_its_own_is_evaluated_the_same_way) {
  const TemporaryFolder folder;
  {
    const NewFile file(folder / "in.h5");
    file.add("a", {4}, std::vector<double>{1.0, 2.0, 3.0, 4.0}, H5T_NATIVE_DOUBLE);
    file.add("other", {4}, std::vector<double>{0.0, 1.0, 0.0, 1.0}, H5T_NATIVE_DOUBLE);
  }
  CLI::App app("kindred");
  app::Context context;
  context.verbosity = -1;
  app::add_eval(app, context);
  app.parse("eval test_weighted_sum " + (folder / "in.h5") + " " + (folder / "out.h5") + " --b other c=0.5 factor=10");
  const std::vector<double> expected{25.0, 55.0, 45.0, 75.0};
  BOOST_TEST(read_value<double>(folder / "out.h5", {4}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
