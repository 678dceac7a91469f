#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include <nlohmann/json.hpp>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/exporter.hpp>

#include "test_export_dataset.hpp"

// Every stored value is a small integer, exact in float32, so that exports are compared for equality.

using namespace kindred;
using kindred::testing::known_scalar;
using kindred::testing::known_value;
using kindred::testing::make_known;
using kindred::testing::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> export_to(const std::string& format, const fs::path& dataset, const fs::path& target, bool force = false,
                                Table settings = {}) {
  Value table(std::move(settings));
  table.set("type", format);
  return create<data::Exporter>(table)->write(data::DatasetReader(dataset), target, force);
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Sample numbers in the order of the rows of a split (empty: all).
std::vector<Index> samples_of(const fs::path& dataset, const std::string& split) {
  const data::DatasetReader reader(dataset);
  std::vector<Index> samples;
  for (Index row = 0; row < reader.rows(); ++row) {
    if (split.empty() || reader.split(row) == split) {
      samples.push_back(reader.record(row).index);
    }
  }
  return samples;
}

std::uint64_t little_endian(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t k = count; k-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  }
  return value;
}

/// Members of a ZIP archive by name, found through its central directory; all must be stored, not compressed.
/// Layout of the records: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16; sizes in the ZIP64 extra field where 0xffffffff.
std::map<std::string, std::string> zip_members(const std::string& bytes) {
  std::map<std::string, std::string> members;
  const std::size_t end = bytes.rfind("PK\x05\x06");
  BOOST_REQUIRE(end != std::string::npos);
  std::size_t at = little_endian(bytes, end + 16, 4);
  const std::size_t count = little_endian(bytes, end + 10, 2);
  for (std::size_t k = 0; k < count; ++k) {
    BOOST_REQUIRE_EQUAL(bytes.substr(at, 4), "PK\x01\x02");
    BOOST_REQUIRE_EQUAL(little_endian(bytes, at + 10, 2), 0U);  // method: stored
    std::uint64_t size = little_endian(bytes, at + 24, 4);
    std::uint64_t offset = little_endian(bytes, at + 42, 4);
    const std::size_t name_length = little_endian(bytes, at + 28, 2);
    const std::size_t extra_length = little_endian(bytes, at + 30, 2);
    const std::string name = bytes.substr(at + 46, name_length);
    std::size_t extra = at + 46 + name_length + 4;
    if (size == 0xffffffff) {
      size = little_endian(bytes, std::exchange(extra, extra + 8), 8);
    }
    if (little_endian(bytes, at + 20, 4) == 0xffffffff) {
      extra += 8;
    }
    if (offset == 0xffffffff) {
      offset = little_endian(bytes, extra, 8);
    }
    const std::size_t data = offset + 30 + little_endian(bytes, offset + 26, 2) + little_endian(bytes, offset + 28, 2);
    members[name] = bytes.substr(data, size);
    at += 46 + name_length + extra_length + little_endian(bytes, at + 32, 2);
  }
  return members;
}

template <class T>
std::vector<T> npy_values(const std::string& member, const std::string& header) {
  BOOST_REQUIRE_EQUAL(member.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t length = little_endian(member, 8, 2);
  BOOST_TEST((10 + length) % 64 == 0U);
  BOOST_TEST(member[9 + length] == '\n');
  const std::string text = member.substr(10, length);
  BOOST_TEST(text.substr(0, header.size()) == header);
  std::vector<T> values((member.size() - 10 - length) / sizeof(T));
  std::memcpy(values.data(), member.data() + 10 + length, values.size() * sizeof(T));
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_export)

BOOST_AUTO_TEST_CASE(pdebench_holds_every_sample_in_stored_order) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6});
  const auto files = export_to("pdebench", folder.path() / "set", folder.path() / "out");
  BOOST_REQUIRE_EQUAL(files.size(), 2U);
  BOOST_TEST(files[0].filename() == "known.hdf5");
  const auto samples = samples_of(folder.path() / "set", "");
  const hdf5::File file = hdf5::open_readonly(files[0]);
  const auto tensor = hdf5::read_reals(file, "tensor");
  const auto nu = hdf5::read_reals(file, "nu");
  BOOST_TEST(tensor.shape == (std::vector<Index>{10, 1, 4, 6}), boost::test_tools::per_element());
  BOOST_TEST(nu.shape == (std::vector<Index>{10, 4, 6}), boost::test_tools::per_element());
  for (std::size_t row = 0; row < samples.size(); ++row) {
    for (std::size_t k = 0; k < 24; ++k) {
      BOOST_TEST(nu.values[row * 24 + k] == known_value(samples[row], 0, k));
      BOOST_TEST(tensor.values[row * 24 + k] == known_value(samples[row], 2, k));
    }
  }
  BOOST_TEST(hdf5::read_reals(file, "x-coordinate").values.size() == 4U);
  BOOST_TEST(hdf5::read_reals(file, "y-coordinate").values.size() == 6U);
  // The forcing is 2 in every cell of every sample.
  double beta = 0.0;
  const hdf5::Attribute attribute(KINDRED_HDF5(H5Aopen(file, "beta", H5P_DEFAULT)));
  KINDRED_HDF5(H5Aread(attribute, H5T_NATIVE_DOUBLE, &beta));
  BOOST_TEST(beta == 2.0);
}

BOOST_AUTO_TEST_CASE(pdebench_takes_one_dimension_but_not_three) {
  const TemporaryFolder folder;
  make_known(folder.path() / "line", {8});
  const auto files = export_to("pdebench", folder.path() / "line", folder.path() / "out", false, {{"split", Value("test"), {}}});
  BOOST_TEST(files[0].filename() == "known_test.hdf5");
  const auto tensor = hdf5::shape(hdf5::open_readonly(files[0]), "tensor");
  BOOST_TEST(tensor == (std::vector<Index>{3, 1, 8}), boost::test_tools::per_element());
  make_known(folder.path() / "volume", {2, 3, 4});
  BOOST_CHECK_THROW(export_to("pdebench", folder.path() / "volume", folder.path() / "out3"), InputError);
}

BOOST_AUTO_TEST_CASE(npz_members_are_numpy_arrays_of_each_split) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {3, 5});
  const auto files = export_to("npz", folder.path() / "set", folder.path() / "out");
  BOOST_REQUIRE_EQUAL(files.size(), 4U);
  BOOST_TEST(files[0].filename() == "known_train.npz");
  const auto samples = samples_of(folder.path() / "set", "train");
  const auto members = zip_members(read_file(files[0]));
  const auto u = npy_values<float>(members.at("u.npy"), "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3, 5), }");
  const auto flux = npy_values<float>(members.at("flux.npy"), "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3, 5, 2), }");
  const auto side = npy_values<float>(members.at("boundary_x_hi.npy"), "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 5), }");
  const auto beta = npy_values<double>(members.at("beta.npy"), "{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }");
  const auto numbers = npy_values<std::int64_t>(members.at("sample.npy"), "{'descr': '<i8', 'fortran_order': False, 'shape': (5,), }");
  for (std::size_t row = 0; row < samples.size(); ++row) {
    BOOST_TEST(numbers[row] == samples[row]);
    BOOST_TEST(beta[row] == known_scalar(samples[row]));
    for (std::size_t k = 0; k < 15; ++k) {
      BOOST_TEST(u[row * 15 + k] == known_value(samples[row], 2, k));
    }
    for (std::size_t k = 0; k < 30; ++k) {
      BOOST_TEST(flux[row * 30 + k] == known_value(samples[row], 3, k));
    }
    for (std::size_t k = 0; k < 5; ++k) {
      BOOST_TEST(side[row * 5 + k] == known_value(samples[row], 4, k));
    }
  }
  BOOST_TEST(npy_values<double>(members.at("y.npy"), "{'descr': '<f8'").size() == 5U);
}

BOOST_AUTO_TEST_CASE(fno_mat_axes_are_reversed) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {2, 3, 4});
  const auto files = export_to("fno-mat", folder.path() / "set", folder.path() / "out");
  const auto samples = samples_of(folder.path() / "set", "valid");
  const auto sol = hdf5::read_reals(hdf5::open_readonly(files[1]), "sol");
  BOOST_TEST(sol.shape == (std::vector<Index>{4, 3, 2, 2}), boost::test_tools::per_element());
  for (std::size_t b = 0; b < samples.size(); ++b) {
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        for (std::size_t k = 0; k < 4; ++k) {
          BOOST_TEST(sol.values[((k * 3 + j) * 2 + i) * 2 + b] == known_value(samples[b], 2, (i * 3 + j) * 4 + k));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(netcdf_variables_have_their_dimensions) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6}, 2);
  for (const std::int64_t deflate : {0, 4}) {
    const fs::path target = folder.path() / ("out" + std::to_string(deflate));
    const auto files = export_to("netcdf", folder.path() / "set", target, false, {{"deflate", Value(deflate), {}}});
    BOOST_TEST(files[2].filename() == "known_test.nc");
    const auto samples = samples_of(folder.path() / "set", "test");
    const hdf5::File file = hdf5::open_readonly(files[2]);
    const auto u = hdf5::read_reals(file, "u");
    BOOST_TEST(u.shape == (std::vector<Index>{3, 4, 6}), boost::test_tools::per_element());
    for (std::size_t row = 0; row < samples.size(); ++row) {
      for (std::size_t k = 0; k < 24; ++k) {
        BOOST_TEST(u.values[row * 24 + k] == known_value(samples[row], 2, k));
      }
    }
    const hdf5::Dataset variable(KINDRED_HDF5(H5Dopen2(file, "u", H5P_DEFAULT)));
    BOOST_TEST(hdf5::read_string_attribute(variable, "units") == "K");
    BOOST_TEST(H5Aexists(variable, "DIMENSION_LIST") > 0);
    BOOST_TEST(hdf5::read_reals(file, "beta").values[1] == known_scalar(samples[1]));
  }
}

BOOST_AUTO_TEST_CASE(xdmf_selects_the_last_frame_of_each_sample) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 6}, 2);
  const auto files = export_to("vtk", folder.path() / "set", folder.path() / "out");
  const std::string text = read_file(files[0]);
  // Three dimensions even for 2-D data; start, stride, count of sample 1's second frame; the source relative to the description.
  BOOST_TEST(text.find("<Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"1 4 6\"/>") != std::string::npos);
  BOOST_TEST(text.find("<DataItem Dimensions=\"3 4\" Format=\"XML\">1 1 0 0 1 1 1 1 1 1 4 6</DataItem>") != std::string::npos);
  BOOST_TEST(text.find("../set/data/train/") != std::string::npos);
  BOOST_TEST(text.find("Name=\"flux_y\"") != std::string::npos);
  std::size_t opened = 0;
  std::size_t closed = 0;
  for (std::size_t at = 0; (at = text.find("<Grid", at)) != std::string::npos; ++at) {
    ++opened;
  }
  for (std::size_t at = 0; (at = text.find("</Grid>", at)) != std::string::npos; ++at) {
    ++closed;
  }
  BOOST_TEST(opened == closed);
}

BOOST_AUTO_TEST_CASE(existing_files_stay_unless_forced) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 4});
  for (const char* format : {"pdebench", "npz", "fno-mat", "netcdf", "vtk"}) {
    BOOST_TEST_CONTEXT(format) {
      const fs::path target = folder.path() / format;
      const auto files = export_to(format, folder.path() / "set", target);
      const std::string before = read_file(files[0]);
      BOOST_CHECK_THROW(export_to(format, folder.path() / "set", target), InputError);
      BOOST_TEST((read_file(files[0]) == before));
      BOOST_CHECK_NO_THROW(export_to(format, folder.path() / "set", target, true));
      for (const auto& entry : fs::directory_iterator(target)) {
        BOOST_TEST(entry.path().extension() != ".part");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(sidecar_names_source_and_files) {
  const TemporaryFolder folder;
  make_known(folder.path() / "set", {4, 4});
  const auto files = export_to("npz", folder.path() / "set", folder.path() / "out");
  const auto json = nlohmann::json::parse(read_file(files.back()));
  BOOST_TEST(json["files"].size() == 3U);
  BOOST_TEST(json["source"]["splits"]["train"] == 5);
  BOOST_TEST(json["provenance"]["version"] == "0.1.0");
  BOOST_TEST(json["source"]["dataset_id"].get<std::string>().size() == 64U);
  BOOST_TEST(json["provenance"]["identity"] == "version = 1\n");
}

BOOST_AUTO_TEST_CASE(unfinished_sets_and_wrong_names_are_refused) {
  const TemporaryFolder folder;
  kindred::testing::write_known(kindred::testing::known_layout(folder.path() / "part", {4, 4}), 6);
  BOOST_CHECK_THROW(export_to("npz", folder.path() / "part", folder.path() / "out"), InputError);
  make_known(folder.path() / "set", {4, 4});
  BOOST_CHECK_THROW(export_to("pdebench", folder.path() / "set", folder.path() / "out", false, {{"split", Value("training"), {}}}),
                    InputError);
  BOOST_CHECK_THROW(export_to("fno-mat", folder.path() / "set", folder.path() / "out", false, {{"solution", Value("v"), {}}}), InputError);
  BOOST_TEST(!fs::exists(folder.path() / "out" / "known.hdf5"));
}

BOOST_AUTO_TEST_SUITE_END()
