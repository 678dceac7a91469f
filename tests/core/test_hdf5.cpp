#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <kindred/core/hdf5/hdf5.hpp>

using namespace kindred;

namespace {

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("kindred_hdf5_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

hdf5::File create(const std::filesystem::path& path) {
  return hdf5::File(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const IoError& error) {
    return error.what();
  }
  return "";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What is written to stderr while `action` runs.
std::string stderr_of(const std::filesystem::path& scratch, const std::function<void()>& action) {
  std::fflush(stderr);
  const int saved = ::dup(STDERR_FILENO);
  const int file = ::open(scratch.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
  ::dup2(file, STDERR_FILENO);
  action();
  std::fflush(stderr);
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  ::close(file);
  std::ifstream in(scratch);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_hdf5)

BOOST_AUTO_TEST_CASE(reals_and_strings_come_back_as_written) {
  const Folder folder;
  const auto path = folder.path / "a.h5";
  const hdf5::RealArray array{{2, 3}, {1.0, -0.0, 1e-310, 4.0, 1.0 / 3.0, std::numeric_limits<double>::infinity()}};
  {
    const hdf5::File file = create(path);
    hdf5::write_reals(file, "u", array);
    hdf5::write_reals(file, "scalar", {{}, {7.0}});
    hdf5::write_reals(file, "none", {{0, 5}, {}});
    hdf5::write_string_dataset(file, "text", "naïve\nµm");
    hdf5::write_string_attribute(file, "title", "");
  }
  const hdf5::File file = hdf5::open_readonly(path);
  const hdf5::RealArray read = hdf5::read_reals(file, "u");
  BOOST_TEST(read.shape == array.shape, boost::test_tools::per_element());
  BOOST_TEST(read.values == array.values, boost::test_tools::per_element());
  const hdf5::RealArray row = hdf5::read_reals(file, "u", 1, 1);
  BOOST_TEST(row.shape == (std::vector<Index>{1, 3}), boost::test_tools::per_element());
  BOOST_TEST(row.values[0] == 4.0);
  BOOST_TEST(hdf5::read_reals(file, "u", 2, 0).values.empty());
  BOOST_TEST(hdf5::read_reals(file, "scalar").values[0] == 7.0);
  BOOST_TEST(hdf5::read_reals(file, "none").shape == (std::vector<Index>{0, 5}), boost::test_tools::per_element());
  BOOST_TEST(hdf5::shape(file, "u") == array.shape, boost::test_tools::per_element());
  BOOST_TEST(hdf5::read_string_dataset(file, "text") == "naïve\nµm");
  BOOST_TEST(hdf5::read_string_attribute(file, "title") == "");
}

BOOST_AUTO_TEST_CASE(numbers_are_converted_and_strings_of_fixed_length_read) {
  const Folder folder;
  const hdf5::File file = create(folder.path / "a.h5");
  const hsize_t three = 3;
  const int integers[] = {-1, 0, 5};
  const hdf5::Dataspace line(KINDRED_HDF5(H5Screate_simple(1, &three, nullptr)));
  const hdf5::Dataset dataset(KINDRED_HDF5(H5Dcreate2(file, "i", H5T_STD_I16BE, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, integers));
  BOOST_TEST(hdf5::read_reals(file, "i").values == (std::vector<double>{-1.0, 0.0, 5.0}), boost::test_tools::per_element());

  const hdf5::Datatype fixed(KINDRED_HDF5(H5Tcopy(H5T_C_S1)));
  KINDRED_HDF5(H5Tset_size(fixed, 8));
  const hdf5::Dataspace one(KINDRED_HDF5(H5Screate(H5S_SCALAR)));
  const hdf5::Attribute attribute(KINDRED_HDF5(H5Acreate2(file, "short", fixed, one, H5P_DEFAULT, H5P_DEFAULT)));
  KINDRED_HDF5(H5Awrite(attribute, fixed, "abc\0\0\0\0"));
  BOOST_TEST(hdf5::read_string_attribute(file, "short") == "abc");
  const hdf5::Dataset many(KINDRED_HDF5(H5Dcreate2(file, "many", fixed, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  BOOST_TEST(mentions(message_of([&] { hdf5::read_string_dataset(file, "many"); }), "not a single string"));
  BOOST_TEST(mentions(message_of([&] { hdf5::read_string_dataset(file, "i"); }), "not a single string"));
  BOOST_TEST(!message_of([&] { hdf5::read_reals(file, "many"); }).empty());
}

BOOST_AUTO_TEST_CASE(errors_name_file_and_dataset_and_nothing_is_printed) {
  const Folder folder;
  const auto path = folder.path / "a.h5";
  const hdf5::File file = create(path);
  hdf5::write_reals(file, "u", {{2}, {1.0, 2.0}});
  std::string missing;
  std::string twice;
  std::string raw;
  const std::string printed = stderr_of(folder.path / "stderr", [&] {
    missing = message_of([&] { hdf5::read_reals(file, "v"); });
    twice = message_of([&] { hdf5::write_reals(file, "u", {{1}, {0.0}}); });
    raw = message_of([&] { KINDRED_HDF5(H5Gopen2(file, "nowhere", H5P_DEFAULT)); });
  });
  BOOST_TEST(printed == "");
  BOOST_TEST(mentions(missing, path.string() + ": dataset \"v\": "));
  BOOST_TEST(mentions(missing, "doesn't exist"));
  BOOST_TEST(mentions(twice, "name already exists"));
  BOOST_TEST(mentions(raw, "H5Gopen2"));
  BOOST_TEST(mentions(raw, "test_hdf5.cpp"));
  BOOST_TEST(mentions(message_of([&] { hdf5::read_reals(file, "u", 1, 2); }),
                      "it has 2 entries along its first axis; 2 from 1 on were asked for"));
  BOOST_TEST(mentions(message_of([&] { hdf5::read_reals(file, "u", -1, 1); }), "asked for"));
  BOOST_CHECK_THROW(hdf5::write_reals(file, "w", {{3}, {1.0}}), InputError);
}

BOOST_AUTO_TEST_CASE(existence_is_asked_along_the_whole_path) {
  const Folder folder;
  const hdf5::File file = create(folder.path / "a.h5");
  const hdf5::Group group(KINDRED_HDF5(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  hdf5::write_reals(group, "u", {{1}, {1.0}});
  BOOST_TEST(hdf5::exists(file, "g/u"));
  BOOST_TEST(hdf5::exists(file, "/g/u"));
  BOOST_TEST(!hdf5::exists(file, "g/v"));
  BOOST_TEST(!hdf5::exists(file, "h/v/w"));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_opened_say_why) {
  const Folder folder;
  BOOST_TEST(mentions(message_of([&] { hdf5::open_readonly(folder.path / "none.h5"); }), "there is no such file"));
  BOOST_TEST(mentions(message_of([&] { hdf5::open_readonly(folder.path); }), "this is a folder"));
  std::ofstream(folder.path / "text.h5") << "version = 1\n";
  BOOST_TEST(mentions(message_of([&] { hdf5::open_readonly(folder.path / "text.h5"); }), "this is not an HDF5 file"));
}

// A lock held by somebody else stands for a file system that refuses locks: HDF5 fails in the same way.
BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_locked_is_read_all_the_same) {
  const Folder folder;
  const auto path = folder.path / "a.h5";
  hdf5::write_reals(create(path), "u", {{1}, {3.0}});
  const int descriptor = ::open(path.c_str(), O_RDWR);
  BOOST_REQUIRE(::flock(descriptor, LOCK_EX | LOCK_NB) == 0);
  {
    const hdf5::File file = hdf5::open_readonly(path);
    BOOST_TEST(hdf5::read_reals(file, "u").values[0] == 3.0);
  }
  ::close(descriptor);
}

BOOST_AUTO_TEST_SUITE_END()
