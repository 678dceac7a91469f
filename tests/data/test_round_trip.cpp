#include <boost/test/unit_test.hpp>

#include <fstream>
#include <random>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/checksum.hpp>
#include <kindred/data/summary.hpp>
#include <nlohmann/json.hpp>

#include "dataset_fixture.hpp"

using namespace kindred;
using namespace kindred::data;
using namespace kindred::data::testing;

BOOST_AUTO_TEST_SUITE(test_round_trip)

// The check value of CRC-32C as every catalogue of checksums gives it, and RFC 3720's vector of 32 zero bytes.
BOOST_AUTO_TEST_CASE(checksum_standard_values) {
  const std::string digits = "123456789";
  BOOST_TEST(crc32c(std::as_bytes(std::span(digits))) == 0xE3069283U);
  const std::vector<std::byte> zeros(32);
  BOOST_TEST(crc32c(zeros) == 0x8A9136AAU);
  BOOST_TEST(crc32c({}) == 0U);
  // FIPS 180-2, appendix B.1.
  BOOST_TEST(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  for (const int dimension : {1, 2, 3}) {
    for (const auto precision : {Precision::f32, Precision::f64}) {
      for (const int frames : {1, 2}) {
        const TemporaryDirectory directory;
        auto layout = darcy_layout(directory.path(), 23, dimension, 5);
        layout.precision = precision;
        layout.steady_frames = frames;
        layout.shard_bytes = 7 * layout.row_bytes();
        BOOST_REQUIRE(fill(layout));
        const DatasetReader reader(directory.path());
        BOOST_REQUIRE_EQUAL(reader.rows(), 23);
        std::vector<bool> seen(23, false);
        for (Index row = 0; row < reader.rows(); ++row) {
          BOOST_REQUIRE(reader.status(row) == Status::done);
          const auto record = reader.record(row);
          const Index index = record.index;
          BOOST_REQUIRE(!seen.at(static_cast<std::size_t>(index)));
          seen[static_cast<std::size_t>(index)] = true;
          BOOST_REQUIRE(reader.field(row, "coefficient") == sample_values(layout, 0, index));
          BOOST_REQUIRE(reader.field(row, "u") == sample_values(layout, 1, index));
          BOOST_REQUIRE(reader.scalars(row) == sample_scalars(layout, index));
          const auto expected = sample_record(index);
          BOOST_TEST(record.seed[1] == expected.seed[1]);
          BOOST_TEST(record.attempt == expected.attempt);
          BOOST_TEST(record.iterations == expected.iterations);
          BOOST_TEST(record.residual_relative == expected.residual_relative);
          BOOST_TEST(record.seconds_solve == expected.seconds_solve);
          BOOST_TEST(record.start_ns == expected.start_ns);
        }
        BOOST_TEST(verify(directory.path()).ok());
        BOOST_TEST(verify(directory.path()).rows_checked == 23);
      }
    }
  }
}

// HDF5 trusts what has no checksum: a damaged shard must end in an error or be readable, never in a crash.
BOOST_AUTO_TEST_CASE(a_damaged_header_is_an_error_and_no_crash) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path(), 3, 1, 4);
  layout.splits = {{"train", 3}};
  BOOST_REQUIRE(fill(layout));
  const auto shard = DatasetReader(directory.path()).shards().front().path;
  std::ifstream in(shard, std::ios::binary);
  const std::string sound((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::mt19937 random(5);
  int refused = 0;
  constexpr int trials = 400;
  for (int trial = 0; trial < trials; ++trial) {
    std::string damaged = sound;
    const std::size_t length = std::size_t{1} << (random() % 7);
    const std::size_t at = random() % (damaged.size() - length);
    for (std::size_t i = 0; i < length; ++i) {
      damaged[at + i] = static_cast<char>(random());
    }
    const auto path = directory.path() / "damaged.hdf5";
    std::ofstream(path, std::ios::binary) << damaged;
    try {
      static_cast<void>(DatasetReader(path).record(0));
    } catch (const std::exception&) {
      ++refused;
    }
  }
  BOOST_TEST(refused > 0);
  BOOST_TEST(refused < trials);  // most of a file are rows, which their own checksums watch over
}

BOOST_AUTO_TEST_CASE(single_precision_rounds_to_nearest) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path(), 1, 1, 4);
  layout.splits = {{"train", 1}};
  {
    auto writer = DatasetWriter::prepare(layout);
    const std::vector<double> a = {0.1, 1.0 / 3.0, 1e-30, 1.0 + 0x1p-30};
    const std::vector<double> u = {2.0, -0.1, 1e30, 7.0};
    const std::vector<std::span<const double>> fields = {a, u};
    writer.write(sample_record(0), fields, std::vector<double>{0.1});
    BOOST_REQUIRE(writer.finish());
  }
  const DatasetReader reader(directory.path());
  BOOST_TEST(reader.field(0, "coefficient") == std::vector<double>({0.1F, 1.0F / 3.0F, 1e-30F, 1.0}), boost::test_tools::per_element());
  BOOST_TEST(reader.scalars(0)[0] == 0.1);  // parameters are not rounded
}

BOOST_AUTO_TEST_CASE(layout_and_provenance_come_back) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  layout.boundary[1].kind = "neumann";
  layout.provenance["identity"] = "not this one";  // the format's own name wins
  BOOST_REQUIRE(fill(layout));
  const DatasetReader reader(directory.path());
  const DatasetLayout& stored = reader.layout();
  BOOST_TEST(stored.name == layout.name);
  BOOST_TEST(stored.identity == layout.identity);
  BOOST_TEST(stored.provenance.at("deck") == "version = 1\n");
  BOOST_TEST(stored.axes[1].coordinates == layout.axes[1].coordinates, boost::test_tools::per_element());
  BOOST_TEST(stored.axes[0].unit == "m");
  BOOST_REQUIRE_EQUAL(stored.boundary.size(), 4U);
  BOOST_TEST(stored.boundary[1].kind == "neumann");
  BOOST_TEST(stored.scalars[0].long_name == "strength");
  BOOST_TEST(stored.splits[0].count == 16);
  BOOST_TEST(reader.shards().size() == 3U);
  BOOST_TEST(reader.split(0) == "train");
  BOOST_TEST(reader.split(19) == "test");
  // A single file stands on its own.
  const DatasetReader single(shard_path(layout, 1));
  BOOST_TEST(single.rows() == 2);
  BOOST_TEST(single.layout().identity == layout.identity);
}

BOOST_AUTO_TEST_CASE(growing_data_set_is_readable) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  auto writer = DatasetWriter::prepare(layout);
  for (const Index index : {3, 11}) {
    write_sample(writer, index);
  }
  BOOST_TEST(DatasetReader(directory.path()).shards()[0].done + DatasetReader(directory.path()).shards()[1].done +
                 DatasetReader(directory.path()).shards()[2].done ==
             0);  // not committed yet
  writer.flush();
  const DatasetReader reader(directory.path());
  Index done = 0;
  for (const auto& shard : reader.shards()) {
    BOOST_TEST(!shard.sealed);
    done += shard.done;
  }
  BOOST_TEST(done == 2);
  BOOST_TEST(writer.done() == 2);
  BOOST_TEST((writer.status(3) == Status::done && writer.status(4) == Status::todo));
  const auto report = verify(directory.path());
  BOOST_TEST((report.ok() && report.rows_checked == 2 && report.rows_unfinished == 18));
  BOOST_TEST(!writer.finish());
}

// Mean and variance of all values by the plain two-pass formulas in long double. Merging k parts in double leaves a
// relative error of a few k eps; k < 100 here, so 1e-13 is generous.
BOOST_AUTO_TEST_CASE(statistics_equal_the_direct_computation) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path(), 40);
  layout.shard_bytes = 9 * layout.row_bytes();
  BOOST_REQUIRE(fill(layout));
  const DatasetReader reader(directory.path());
  const auto computed = dataset_statistics(reader, "train");
  const auto json = nlohmann::json::parse(std::ifstream(directory.path() / "dataset.json"));
  for (const char* name : {"u", "coefficient"}) {
    std::vector<double> all;
    for (Index row = 0; row < reader.rows(); ++row) {
      if (reader.split(row) == "train") {
        const auto values = reader.field(row, name);
        all.insert(all.end(), values.begin(), values.end());
      }
    }
    long double sum = 0.0L;
    for (const double v : all) {
      sum += v;
    }
    const long double mean = sum / static_cast<long double>(all.size());
    long double squares = 0.0L;
    for (const double v : all) {
      squares += (v - mean) * (v - mean);
    }
    const auto variance = static_cast<double>(squares / static_cast<long double>(all.size()));
    const auto& s = computed.at(name);
    const auto& stored = json["statistics"]["train"][name][0];
    BOOST_TEST(s.count == static_cast<double>(all.size()));
    BOOST_TEST(s.mean == static_cast<double>(mean), boost::test_tools::tolerance(1e-13));
    BOOST_TEST(s.variance == variance, boost::test_tools::tolerance(1e-13));
    BOOST_TEST(s.minimum == *std::min_element(all.begin(), all.end()));
    BOOST_TEST(s.maximum == *std::max_element(all.begin(), all.end()));
    BOOST_TEST(stored["mean"].get<double>() == static_cast<double>(mean), boost::test_tools::tolerance(1e-13));
    BOOST_TEST(stored["variance"].get<double>() == variance, boost::test_tools::tolerance(1e-13));
    BOOST_TEST(s.rms() == std::sqrt(variance + static_cast<double>(mean * mean)), boost::test_tools::tolerance(1e-13));
  }
}

BOOST_AUTO_TEST_CASE(statistics_of_components) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path(), 1, 2, 2);
  layout.splits = {{"train", 1}};
  layout.fields.resize(1);
  layout.fields[0].rank = 1;
  layout.fields[0].name = "flux";
  {
    auto writer = DatasetWriter::prepare(layout);
    std::vector<double> values;
    for (int i = 0; i < 6; ++i) {  // 2 × 3 cells
      values.insert(values.end(), {1.0, static_cast<double>(i)});
    }
    const std::vector<std::span<const double>> fields = {values};
    writer.write(sample_record(0), fields, std::vector<double>{0.0});
    BOOST_REQUIRE(writer.finish());
  }
  const std::string yaml = (std::ostringstream() << std::ifstream(directory.path() / "stats.yaml").rdbuf()).str();
  BOOST_TEST(yaml.find("mean:\n  'flux': [1.000000000e+00, 2.500000000e+00]\n") != std::string::npos);
  // variance of 0..5 is 35/12
  BOOST_TEST(yaml.find("std:\n  'flux': [0.000000000e+00, 1.707825128e+00]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(summary_files) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  BOOST_REQUIRE(fill(layout));
  const std::string yaml = (std::ostringstream() << std::ifstream(directory.path() / "stats.yaml").rdbuf()).str();
  for (const char* key : {"mean:", "std:", "rms:", "mean_delta:\n  'u': 0.0", "std_delta:\n  'u': 1.0", "rms_delta:\n  'u': 1.0"}) {
    BOOST_TEST(yaml.find(key) != std::string::npos, key);
  }
  for (const char* file : {"darcy.yaml", "README.md", "dataset.json"}) {
    BOOST_TEST(std::filesystem::file_size(directory.path() / file) > 100U);
  }
  const auto json = nlohmann::json::parse(std::ifstream(directory.path() / "dataset.json"));
  BOOST_TEST(json["files"].size() == 3U);
  for (const auto& file : json["files"]) {
    BOOST_TEST(file["sha256"].get<std::string>() == sha256_of_file(directory.path() / file["file"].get<std::string>()));
  }
  BOOST_TEST(json["dataset_id"].get<std::string>() == sha256(layout.identity));
  // Finishing again changes nothing.
  const auto written = std::filesystem::last_write_time(directory.path() / "dataset.json");
  BOOST_TEST(fill(layout));
  BOOST_TEST((std::filesystem::last_write_time(directory.path() / "dataset.json") == written));
}

BOOST_AUTO_TEST_CASE(rejections_are_kept_once) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  {
    auto writer = DatasetWriter::prepare(layout);
    writer.reject({4, 1, "diverged"});
    writer.reject({4, 0, "diverged \"badly\""});
  }
  auto writer = DatasetWriter::prepare(layout);
  writer.reject({4, 0, "diverged \"badly\""});
  for (const Index index : writer.unfinished()) {
    write_sample(writer, index);
  }
  BOOST_REQUIRE(writer.finish());
  const auto rejections = read_rejections(directory.path());
  BOOST_REQUIRE_EQUAL(rejections.size(), 2U);
  BOOST_TEST(rejections[0].reason == "diverged \"badly\"");
  const auto file = hdf5::open_readonly(shard_path(layout, writer.plan().place(4).shard));
  const hdf5::Dataset dataset(H5Dopen2(file, "/provenance/rejected", H5P_DEFAULT));
  const hdf5::Datatype type(H5Dget_type(dataset));
  std::string text(H5Tget_size(type), '\0');
  H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data());
  BOOST_TEST(text.substr(0, text.find('\0')) == rejection_line(rejections[0]) + "\n" + rejection_line(rejections[1]) + "\n");
}

BOOST_AUTO_TEST_CASE(wrong_calls_are_refused) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  auto writer = DatasetWriter::prepare(layout);
  const std::vector<double> wrong(3);
  const std::vector<std::span<const double>> short_fields = {wrong, wrong};
  BOOST_CHECK_THROW(writer.write(sample_record(0), short_fields, std::vector<double>{1.0}), InputError);
  BOOST_CHECK_THROW(writer.write(sample_record(0), {}, std::vector<double>{1.0}), InputError);
  write_sample(writer, 0);
  writer.flush();
  BOOST_CHECK_THROW(write_sample(writer, 0), InputError);
  const DatasetReader reader(directory.path());
  BOOST_CHECK_THROW((void)reader.field(0, "pressure"), InputError);
  BOOST_CHECK_THROW((void)reader.status(20), InputError);
}

BOOST_AUTO_TEST_SUITE_END()
