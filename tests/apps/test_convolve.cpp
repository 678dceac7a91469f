// `kindred convolve`: every mode, rank and type against the sum itself, files larger than the memory allowed, and what it refuses.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <complex>
#include <filesystem>
#include <functional>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/array.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"
#include "refusals.hpp"

using namespace kindred;
using kindred::test::ProcessResult;
using kindred::test::TemporaryFolder;

namespace {

using Complex = std::complex<double>;
using Shape = std::vector<Index>;

ProcessResult convolve(const std::string& arguments) {
  return kindred::test::run(std::string(KINDRED_EXECUTABLE) + " convolve " + arguments);
}

Index product(const Shape& shape) { return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>()); }

struct Tensor {
  Shape shape;
  std::vector<Complex> values;
};

Tensor normal(const Shape& shape, const std::string& name, bool complex) {
  const Draws draws(7, name, 0);
  Tensor array{shape, std::vector<Complex>(static_cast<std::size_t>(product(shape)))};
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    array.values[i] = {2.0 * draws.uniform(2 * i) - 1.0, complex ? 2.0 * draws.uniform(2 * i + 1) - 1.0 : 0.0};
  }
  return array;
}

enum class Type { f32, f64, c64, c128, i64 };

template <class T>
std::vector<T> as(const std::vector<Complex>& values) {
  std::vector<T> out;
  for (const Complex& z : values) {
    if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, Complex>) {
      out.push_back(static_cast<T>(z));
    } else {
      out.push_back(static_cast<T>(z.real()));
    }
  }
  return out;
}

/// Rounds the array to the type as a side effect, so that the reference starts from what the file holds.
void add(hid_t file, const std::string& name, Tensor& array, Type type) {
  const data::Box all{Shape(array.shape.size(), 0), array.shape};
  const auto put = [&](hid_t stored, auto rounded) {
    data::ArrayWriter(file, name, array.shape, stored).write(all, std::span<const typename decltype(rounded)::value_type>(rounded));
    std::copy(rounded.begin(), rounded.end(), array.values.begin());
  };
  switch (type) {
    case Type::f32:
      return put(H5T_IEEE_F32LE, as<float>(array.values));
    case Type::f64:
      return put(H5T_IEEE_F64LE, as<double>(array.values));
    case Type::c64:
      return put(data::complex_type(H5T_IEEE_F32LE), as<std::complex<float>>(array.values));
    case Type::c128:
      return put(data::complex_type(H5T_IEEE_F64LE), array.values);
    case Type::i64:
      for (Complex& z : array.values) {
        z *= 100.0;
      }
      return put(H5T_STD_I64LE, as<std::int64_t>(array.values));
  }
}

hdf5::File new_file(const std::string& path) {
  return hdf5::File(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
}

Tensor read(const std::string& path, const std::string& name = "data") {
  const hdf5::File file = hdf5::open_readonly(path);
  const data::ArrayReader reader(file, name, data::Numbers::real_or_complex);
  Tensor array{reader.shape(), std::vector<Complex>(static_cast<std::size_t>(reader.size()))};
  reader.read({Shape(array.shape.size(), 0), array.shape}, std::span<Complex>(array.values));
  return array;
}

/// Counts through a box in C order.
bool next(Shape& at, const Shape& shape) {
  for (std::size_t k = at.size(); k-- > 0;) {
    if (++at[k] < shape[k]) {
      return true;
    }
    at[k] = 0;
  }
  return false;
}

std::size_t place(const Shape& at, const Shape& shape) {
  Index p = 0;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    p = p * shape[k] + at[k];
  }
  return static_cast<std::size_t>(p);
}

/// y_n = Σ_j h_{n − j} x_j, from the definition of the modes. A kernel of the data's rank has one array of taps for each array of data.
Tensor reference(const Tensor& data, const Tensor& kernel, const std::vector<std::size_t>& axes, const std::string& mode) {
  Shape first(data.shape.size(), 0);
  Shape extents(data.shape.size(), 1);  // of the kernel, in the data's rank
  Tensor out{data.shape, {}};
  const bool each = kernel.shape.size() == data.shape.size();
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const std::size_t axis = axes[k];
    const Index length = data.shape[axis];
    const Index taps = kernel.shape[each ? axis : k];
    extents[axis] = taps;
    first[axis] = mode == "same" ? (taps - 1) / 2 : mode == "valid" ? std::min(length, taps) - 1 : 0;
    out.shape[axis] = mode == "full" ? length + taps - 1 : mode == "valid" ? std::abs(length - taps) + 1 : length;
  }
  out.values.resize(static_cast<std::size_t>(product(out.shape)));
  Shape n(out.shape.size(), 0);
  do {
    Complex sum = 0.0;
    Shape tap(n.size(), 0);
    do {
      Shape j = n;
      Shape at_kernel;
      bool inside = true;
      for (std::size_t axis = 0; axis < n.size(); ++axis) {
        const bool convolved = std::find(axes.begin(), axes.end(), axis) != axes.end();
        if (convolved || each) {
          at_kernel.push_back(convolved ? tap[axis] : n[axis]);
        }
        if (convolved) {
          j[axis] = n[axis] + first[axis] - tap[axis];
          if (mode == "periodic") {
            j[axis] = (j[axis] % data.shape[axis] + data.shape[axis]) % data.shape[axis];
          }
          inside = inside && j[axis] >= 0 && j[axis] < data.shape[axis];
        }
      }
      if (inside) {
        sum += data.values[place(j, data.shape)] * kernel.values[place(at_kernel, kernel.shape)];
      }
    } while (next(tap, extents));
    out.values[place(n, out.shape)] = sum;
  } while (next(n, out.shape));
  return out;
}

/// ‖a − b‖ ≤ eps log2(N) ‖x‖ ‖h‖ √(numbers) at most, from the bound of every number; and nothing is zero by silence.
void check_near(const Tensor& found, const Tensor& wanted, const Tensor& data, const Tensor& kernel, double eps) {
  BOOST_REQUIRE(found.shape == wanted.shape);
  double difference = 0.0;
  double norm = 0.0;
  double size = 0.0;
  double x = 0.0;
  double h = 0.0;
  for (std::size_t i = 0; i < found.values.size(); ++i) {
    difference = std::max(difference, std::abs(found.values[i] - wanted.values[i]));
    norm += std::norm(wanted.values[i]);
    size += std::norm(found.values[i]);
  }
  for (const Complex& z : data.values) {
    x += std::norm(z);
  }
  for (const Complex& z : kernel.values) {
    h += std::norm(z);
  }
  const double bound = eps * std::log2(2.0 + static_cast<double>(data.values.size() + kernel.values.size())) * std::sqrt(x * h);
  BOOST_TEST(difference <= bound);
  BOOST_TEST(norm > 0.0);
  BOOST_TEST(std::abs(std::sqrt(size) - std::sqrt(norm)) <= 1e-5 * std::sqrt(norm));
}

constexpr double eps_f64 = 1.2e-16;
constexpr double eps_f32 = 6e-8;

struct Case {
  Shape data;
  Shape kernel;
  std::string axes;  // as on the command line; empty: not given
  std::vector<std::size_t> numbers;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_convolve)

BOOST_AUTO_TEST_CASE(every_mode_and_layout_of_axes) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  const std::string kernel_path = folder.path() / "kernel.h5";
  const std::string out = folder.path() / "out.h5";
  const std::vector<Case> cases = {
      {{37}, {5}, "", {0}},
      {{3, 1, 50}, {7}, "", {2}},
      {{31, 3, 2}, {4}, "0", {0}},
      {{2, 29, 3}, {6}, "-2", {1}},
      {{9, 11}, {3, 4}, "", {0, 1}},
      {{3, 7, 2, 8}, {3, 3}, "1,3", {1, 3}},
      {{2, 6, 5, 7}, {3, 2, 4}, "1,2,3", {1, 2, 3}},
      {{3, 4, 19}, {3, 4, 5}, "2", {2}},  // a kernel for every array
      {{21, 2, 3}, {4, 2, 3}, "0", {0}},
  };
  int number = 0;
  for (const Case& c : cases) {
    for (const char* mode : {"full", "same", "valid", "causal", "periodic"}) {
      const bool complex = number % 2 == 1;
      const bool complex_kernel = number % 4 == 1;
      BOOST_TEST_CONTEXT(fmt::format("({}) * ({}) {} complex {}", fmt::join(c.data, ","), fmt::join(c.kernel, ","), mode, complex)) {
        Tensor data = normal(c.data, "data", complex);
        Tensor kernel = normal(c.kernel, "kernel", complex_kernel);
        add(new_file(in), "data", data, complex ? Type::c128 : Type::f64);
        add(new_file(kernel_path), "kernel", kernel, complex_kernel ? Type::c128 : Type::f64);
        const auto result =
            convolve(fmt::format("-q {} {} {} --mode {} --force{}", in, kernel_path, out, mode, c.axes.empty() ? "" : " --axes=" + c.axes));
        BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
        check_near(read(out), reference(data, kernel, c.numbers, mode), data, kernel, eps_f64);
        ++number;
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(types) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  const std::string out = folder.path() / "out.h5";
  const auto check = [&](Type data_type, Type kernel_type, const char* precision, bool complex, double eps) {
    Tensor data = normal({5, 40}, "data", true);
    Tensor kernel = normal({9}, "kernel", true);
    {
      const hdf5::File file = new_file(in);
      add(file, "wave", data, data_type);
      add(file, "kernel", kernel, kernel_type);
    }
    const auto result = convolve(fmt::format("-q --json {} {} {} --dataset wave --force", in, in, out));
    BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
    const auto document = nlohmann::json::parse(result.out);
    BOOST_TEST(document["precision"] == precision);
    BOOST_TEST(document["complex"] == complex);
    check_near(read(out, "wave"), reference(data, kernel, {1}, "full"), data, kernel, eps);
  };
  check(Type::f32, Type::f32, "f32", false, eps_f32);
  check(Type::f32, Type::f64, "f64", false, eps_f64);
  check(Type::i64, Type::f32, "f64", false, eps_f64);
  check(Type::c64, Type::f32, "f32", true, eps_f32);
  check(Type::f64, Type::c64, "f64", true, eps_f64);
  check(Type::c128, Type::c128, "f64", true, eps_f64);
}

BOOST_AUTO_TEST_CASE(pieces_of_a_batch_give_the_same_bits) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  Tensor data = normal({4, 101, 300}, "data", false);
  Tensor kernel = normal({33}, "kernel", false);
  {
    const hdf5::File file = new_file(in);
    add(file, "data", data, Type::f64);
    add(file, "kernel", kernel, Type::f64);
  }
  const std::string whole = folder.path() / "whole.h5";
  BOOST_REQUIRE(convolve(fmt::format("-q {} {} {} --threads 1", in, in, whole)).status == 0);
  const Tensor expected = read(whole);
  check_near(expected, reference(data, kernel, {2}, "full"), data, kernel, eps_f64);
  for (const char* memory : {"100kB", "200kB", "2MB"}) {  // the data take 970 kB
    const std::string out = folder.path() / (std::string("out") + memory);
    const auto result = convolve(fmt::format("-q {} {} {} --memory {} --threads 2", in, in, out, memory));
    BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
    const Tensor found = read(out);
    BOOST_TEST(found.shape == expected.shape, boost::test_tools::per_element());
    BOOST_TEST((found.values == expected.values), memory);
  }
}

BOOST_AUTO_TEST_CASE(arrays_longer_than_the_memory) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  const std::string out = folder.path() / "out.h5";
  Tensor data = normal({2, 20011}, "data", false);
  for (const Index taps : {1, 50, 513}) {
    Tensor kernel = normal({taps}, "kernel", false);
    {
      const hdf5::File file = new_file(in);
      add(file, "data", data, Type::f64);
      add(file, "kernel", kernel, Type::f64);
    }
    for (const char* mode : {"full", "same", "valid", "causal", "periodic"}) {
      BOOST_TEST_CONTEXT(mode << " " << taps) {
        const auto result =
            convolve(fmt::format("-q {} {} {} --mode {} --memory 120kB --force --threads 1", in, in, out, mode));  // data: 320 kB
        BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
        check_near(read(out), reference(data, kernel, {1}, mode), data, kernel, eps_f64);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_kernel_longer_than_the_period_is_folded) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  const std::string out = folder.path() / "out.h5";
  Tensor data = normal({9000}, "data", false);
  Tensor kernel = normal({9100}, "kernel", false);
  {
    const hdf5::File file = new_file(in);
    add(file, "data", data, Type::f32);
    add(file, "kernel", kernel, Type::f32);
  }
  const auto result = convolve(fmt::format("-q {} {} {} --mode periodic --force --threads 1", in, in, out));
  BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
  const Tensor wanted = reference(data, kernel, {0}, "periodic");
  check_near(read(out), wanted, data, kernel, eps_f32);
}

BOOST_AUTO_TEST_CASE(a_link_is_followed) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  Tensor data = normal({50}, "data", false);
  add(new_file(in), "data", data, Type::f64);
  std::filesystem::create_directory(folder.path() / "disk");
  std::filesystem::create_symlink("disk/out.h5", folder.path() / "link.h5");
  for (const char* force : {"", " --force"}) {
    const auto result = convolve(fmt::format("-q {} {} {}{}", in, in, (folder.path() / "link.h5").string(), force));
    BOOST_REQUIRE_MESSAGE(result.status == 0, result.err);
    BOOST_TEST(std::filesystem::is_symlink(folder.path() / "link.h5"));
    BOOST_TEST(read(folder.path() / "disk" / "out.h5").shape[0] == 99);
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.h5";
  const std::string out = folder.path() / "out.h5";
  Tensor data = normal({4, 5, 30}, "data", false);
  Tensor line = normal({3}, "kernel", false);
  Tensor plane = normal({3, 3}, "kernel", false);
  Tensor mixed = normal({2, 40}, "kernel", false);
  Tensor each = normal({4, 2, 3}, "kernel", false);
  Tensor broken = normal({3}, "kernel", false);
  broken.values[1] = std::nan("");
  Tensor empty{{0, 5}, {}};
  {
    const hdf5::File file = new_file(in);
    add(file, "data", data, Type::f64);
    add(file, "kernel", line, Type::f64);
    add(file, "plane", plane, Type::f64);
    add(file, "mixed", mixed, Type::f64);
    add(file, "each", each, Type::f64);
    add(file, "broken", broken, Type::f64);
    add(file, "empty", empty, Type::f64);
    hdf5::write_string_dataset(file, "words", "none");
  }
  const std::string files = in + " " + in + " " + out;
  const std::string pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  kindred::test::check_refusals(convolve,
                                {
                                    {files + " --dataset nothing", 2, "has no dataset \"nothing\""},
                                    {files + " --dataset words", 2, "holds text"},
                                    {files + " --dataset empty", 2, "is empty"},
                                    {files + " --axes 3", 2, "the axes 0 to 2"},
                                    {files + " --axes 1,1", 2, "given twice"},
                                    {files + " --axes 0,1", 2, "give --axes, as many as the kernel has"},
                                    {files + " --kernel-dataset plane --axes 1", 2, "give --axes, as many as the kernel has"},
                                    {files + " --kernel-dataset each --axes 2", 2, "the data's extents"},
                                    {files + " --kernel-dataset mixed --mode valid", 2, "valid"},
                                    {files + " --kernel-dataset broken", 2, "finite"},
                                    {files + " --memory 10", 2, "--memory"},
                                    {files + " --memory -1", 2, "no amount of memory"},
                                    {files + " --axes ''", 2, "no whole number"},
                                    {files + " --mode middle", 2, "middle"},
                                    {files + " --mode 1", 2, "--mode"},
                                    {in + " " + in + " " + folder.path().string() + " --force", 2, "a folder"},
                                    {in + " " + in + " " + pipe + " --force", 2, "no ordinary file"},
                                    {in + " " + in + " ''", 2, "an empty name"},
                                    {in + " " + in + " " + in, 2, "a file of their own"},
                                    {in + " nothing.h5 " + out, 4, "nothing.h5"},
                                },
                                out);
}

BOOST_AUTO_TEST_SUITE_END()
