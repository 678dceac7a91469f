#include <boost/test/unit_test.hpp>

#include <hdf5.h>
#include <hdf5_hl.h>

#include <kindred/core/hdf5/hdf5.hpp>

#include "dataset_fixture.hpp"

// The HDF5-level contracts of the readers that we do not control: The Well's checker and loader, PDEBench's loaders,
// netCDF-4. Everything is looked at through HDF5's own interface, not through our reader.

using namespace kindred;
using namespace kindred::data;
using namespace kindred::data::testing;

namespace {

/// h5py takes an attribute for a bool only if it is an enumeration over int8 of exactly FALSE = 0 and TRUE = 1.
bool is_bool(hid_t type) {
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1) {
    return false;
  }
  signed char no = -1;
  signed char yes = -1;
  return H5Tenum_valueof(type, "FALSE", &no) >= 0 && H5Tenum_valueof(type, "TRUE", &yes) >= 0 && no == 0 && yes == 1;
}

bool is_text(hid_t type) { return H5Tis_variable_str(type) > 0 && H5Tget_cset(type) == H5T_CSET_UTF8; }

struct AttributeView {
  AttributeView(hid_t file, const std::string& object, const std::string& name)
      : attribute(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT)),
        type(H5Aget_type(attribute)),
        space(H5Aget_space(attribute)) {
    BOOST_REQUIRE_MESSAGE(attribute.get() >= 0, object << " has the attribute " << name);
  }
  [[nodiscard]] bool scalar() const { return H5Sget_simple_extent_type(space) == H5S_SCALAR; }
  [[nodiscard]] bool list() const { return H5Sget_simple_extent_type(space) == H5S_SIMPLE && H5Sget_simple_extent_ndims(space) == 1; }
  [[nodiscard]] hssize_t size() const { return H5Sget_simple_extent_npoints(space); }
  [[nodiscard]] std::vector<bool> bools() const {
    std::vector<signed char> values(static_cast<std::size_t>(size()));
    H5Aread(attribute, type, values.data());
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<char*> pointers(static_cast<std::size_t>(size()));
    if (!pointers.empty()) {
      H5Aread(attribute, type, pointers.data());
    }
    std::vector<std::string> values(pointers.begin(), pointers.end());
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
    return values;
  }
  hdf5::Attribute attribute;
  hdf5::Datatype type;
  hdf5::Dataspace space;
};

void require_bool(hid_t file, const std::string& object, const std::string& name, bool value) {
  const AttributeView view(file, object, name);
  BOOST_TEST_CONTEXT(object << "@" << name) {
    BOOST_TEST(view.scalar());
    BOOST_TEST(is_bool(view.type));
    BOOST_TEST(view.bools()[0] == value);
  }
}

void require_texts(hid_t file, const std::string& object, const std::string& name, const std::vector<std::string>& values) {
  const AttributeView view(file, object, name);
  BOOST_TEST_CONTEXT(object << "@" << name) {
    BOOST_TEST(view.list());
    BOOST_TEST(is_text(view.type));
    BOOST_TEST(view.texts() == values, boost::test_tools::per_element());
  }
}

void require_text(hid_t file, const std::string& object, const std::string& name, const std::string& value) {
  const AttributeView view(file, object, name);
  BOOST_TEST(view.scalar());
  BOOST_TEST(is_text(view.type));
  BOOST_TEST(view.texts()[0] == value);
}

void require_integer(hid_t file, const std::string& object, const std::string& name, std::int64_t value) {
  const AttributeView view(file, object, name);
  BOOST_TEST((H5Tget_class(view.type) == H5T_INTEGER && H5Tget_size(view.type) == 8));
  std::int64_t stored = 0;
  H5Aread(view.attribute, H5T_NATIVE_INT64, &stored);
  BOOST_TEST(stored == value);
}

std::pair<unsigned long, haddr_t> identity_of(hid_t file, const std::string& name) {
  H5O_info_t info;
  BOOST_REQUIRE(H5Oget_info_by_name1(file, name.c_str(), &info, H5P_DEFAULT) >= 0);
  return {info.fileno, info.addr};
}

/// The axes of `dataset` carry exactly these scales.
void require_scales(hid_t file, const std::string& dataset, const std::vector<std::string>& scales) {
  const hdf5::Dataset object(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT));
  BOOST_REQUIRE_EQUAL(hdf5::shape(file, dataset).size(), scales.size());
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    const hdf5::Dataset scale(H5Dopen2(file, scales[axis].c_str(), H5P_DEFAULT));
    BOOST_TEST_CONTEXT(dataset << " axis " << axis << " " << scales[axis]) {
      BOOST_TEST(H5DSis_scale(scale) > 0);
      BOOST_TEST(H5DSis_attached(object, scale, static_cast<unsigned>(axis)) > 0);
      BOOST_TEST(H5DSget_num_scales(object, static_cast<unsigned>(axis)) == 1);
    }
  }
}

struct Opened {
  explicit Opened(const DatasetLayout& layout, bool complete = true) {
    if (complete) {
      BOOST_REQUIRE(fill(layout));
    } else {
      DatasetWriter::prepare(layout);
    }
    file = hdf5::open_readonly(shard_path(layout, 0, !complete));
  }
  hdf5::File file;
};

using Shape = std::vector<Index>;

}  // namespace

BOOST_AUTO_TEST_SUITE(test_well_contract)

BOOST_AUTO_TEST_CASE(the_well_types_groups_and_shapes) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  const Opened opened(layout);
  const hid_t file = opened.file;
  require_text(file, "/", "dataset_name", "darcy");
  require_text(file, "/", "grid_type", "cartesian");
  require_integer(file, "/", "n_spatial_dims", 2);
  require_integer(file, "/", "n_trajectories", 16);
  require_texts(file, "/", "simulation_parameters", {});
  require_texts(file, "/dimensions", "spatial_dims", {"x", "y"});
  require_bool(file, "/dimensions/time", "sample_varying", false);
  require_bool(file, "/dimensions/time", "time_varying", true);  // The Well's checker insists
  for (const char* axis : {"/dimensions/x", "/dimensions/y"}) {
    require_bool(file, axis, "sample_varying", false);
    require_bool(file, axis, "time_varying", false);
  }
  require_texts(file, "/t0_fields", "field_names", {"coefficient", "u"});
  require_texts(file, "/t1_fields", "field_names", {});
  require_texts(file, "/t2_fields", "field_names", {});
  require_bool(file, "/t0_fields/u", "sample_varying", true);
  require_bool(file, "/t0_fields/u", "time_varying", true);
  require_bool(file, "/t0_fields/coefficient", "time_varying", false);
  const AttributeView varying(file, "/t0_fields/u", "dim_varying");
  BOOST_TEST((varying.list() && is_bool(varying.type)));
  BOOST_TEST(varying.bools() == std::vector<bool>({true, true}), boost::test_tools::per_element());
  BOOST_TEST(hdf5::shape(file, "/t0_fields/u") == Shape({16, 1, 8, 9}), boost::test_tools::per_element());
  BOOST_TEST(hdf5::shape(file, "/t0_fields/coefficient") == Shape({16, 8, 9}), boost::test_tools::per_element());
  require_texts(file, "/scalars", "field_names", {"beta"});
  BOOST_TEST(hdf5::shape(file, "/scalars/beta") == Shape({16}), boost::test_tools::per_element());
  require_bool(file, "/scalars/beta", "sample_varying", true);
  require_bool(file, "/scalars/beta", "time_varying", false);
}

BOOST_AUTO_TEST_CASE(vectors_tensors_and_partial_fields) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  FieldLayout flux = layout.fields[1];
  flux.name = "flux";
  flux.rank = 1;
  FieldLayout stress = flux;
  stress.name = "stress";
  stress.rank = 2;
  FieldLayout side = layout.fields[0];
  side.name = "boundary_x_lo";
  side.varies_along = {false, true};
  layout.fields.insert(layout.fields.end(), {flux, stress, side});
  const Opened opened(layout);
  BOOST_TEST(hdf5::shape(opened.file, "/t1_fields/flux") == Shape({16, 1, 8, 9, 2}), boost::test_tools::per_element());
  BOOST_TEST(hdf5::shape(opened.file, "/t2_fields/stress") == Shape({16, 1, 8, 9, 2, 2}), boost::test_tools::per_element());
  require_bool(opened.file, "/t2_fields/stress", "symmetric", false);
  require_bool(opened.file, "/t2_fields/stress", "antisymmetric", false);
  BOOST_TEST(hdf5::shape(opened.file, "/t0_fields/boundary_x_lo") == Shape({16, 9}), boost::test_tools::per_element());
  BOOST_TEST(AttributeView(opened.file, "/t0_fields/boundary_x_lo", "dim_varying").bools() == std::vector<bool>({false, true}),
             boost::test_tools::per_element());
  require_scales(opened.file, "/t0_fields/boundary_x_lo", {"/sample", "/y"});
  require_scales(opened.file, "/t2_fields/stress", {"/sample", "/time", "/x", "/y", "/component", "/component"});
}

BOOST_AUTO_TEST_CASE(boundary_conditions) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  layout.boundary = {
      {"x", false, "dirichlet", "0.0"}, {"x", true, "dirichlet", "1.0"}, {"y", false, "periodic", ""}, {"y", true, "periodic", ""}};
  const Opened opened(layout);
  const hid_t file = opened.file;
  const auto mask = [&](const std::string& group) {
    const hdf5::Dataset dataset(H5Dopen2(file, (group + "/mask").c_str(), H5P_DEFAULT));
    const hdf5::Datatype type(H5Dget_type(dataset));
    BOOST_TEST(is_bool(type));
    std::vector<signed char> values(static_cast<std::size_t>(hdf5::shape(file, group + "/mask")[0]));
    H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    return std::pair(values.front() == 1, values.back() == 1);
  };
  BOOST_TEST((mask("/boundary_conditions/x_dirichlet_low") == std::pair(true, false)));
  BOOST_TEST((mask("/boundary_conditions/x_dirichlet_high") == std::pair(false, true)));
  BOOST_TEST((mask("/boundary_conditions/y_periodic") == std::pair(true, true)));
  require_text(file, "/boundary_conditions/x_dirichlet_high", "bc_type", "WALL");
  require_text(file, "/boundary_conditions/x_dirichlet_high", "bc_kind", "dirichlet");
  require_text(file, "/boundary_conditions/x_dirichlet_high", "bc_expression", "1.0");
  require_text(file, "/boundary_conditions/y_periodic", "bc_type", "PERIODIC");
  require_texts(file, "/boundary_conditions/y_periodic", "associated_dims", {"y"});
  require_texts(file, "/boundary_conditions/y_periodic", "associated_fields", {"u"});
}

BOOST_AUTO_TEST_CASE(pdebench_names_and_ranks) {
  for (const int dimension : {1, 2, 3}) {
    const TemporaryDirectory directory;
    const Opened opened(darcy_layout(directory.path(), 20, dimension));
    // PDEBench's loader takes rank 3 for a 1-D problem and rank 4 for 2-D Darcy flow.
    BOOST_TEST(hdf5::shape(opened.file, "/tensor").size() == static_cast<std::size_t>(dimension) + 2);
    BOOST_TEST(hdf5::shape(opened.file, "/tensor")[1] == 1);
    BOOST_TEST(hdf5::shape(opened.file, "/nu").size() == static_cast<std::size_t>(dimension) + 1);
    BOOST_TEST((identity_of(opened.file, "/tensor") == identity_of(opened.file, "/t0_fields/u")));
    BOOST_TEST((identity_of(opened.file, "/u") == identity_of(opened.file, "/t0_fields/u")));
    BOOST_TEST((identity_of(opened.file, "/nu") == identity_of(opened.file, "/t0_fields/coefficient")));
    BOOST_TEST((identity_of(opened.file, "/x-coordinate") == identity_of(opened.file, "/dimensions/x")));
    BOOST_TEST((identity_of(opened.file, "/t-coordinate") == identity_of(opened.file, "/dimensions/time")));
    BOOST_TEST(hdf5::exists(opened.file, "y-coordinate") == (dimension > 1));
    BOOST_TEST(hdf5::exists(opened.file, "z-coordinate") == (dimension > 2));
  }
}

BOOST_AUTO_TEST_CASE(two_solutions_have_no_pdebench_names) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  layout.fields.push_back(layout.fields[1]);
  layout.fields.back().name = "v";
  const Opened opened(layout);
  BOOST_TEST(!hdf5::exists(opened.file, "tensor"));
  BOOST_TEST((identity_of(opened.file, "/v") == identity_of(opened.file, "/t0_fields/v")));
}

BOOST_AUTO_TEST_CASE(netcdf_dimension_scales) {
  const TemporaryDirectory directory;
  const Opened opened(darcy_layout(directory.path(), 20, 3, 4));
  require_scales(opened.file, "/t0_fields/u", {"/sample", "/time", "/x", "/y", "/z"});
  require_scales(opened.file, "/t0_fields/coefficient", {"/sample", "/x", "/y", "/z"});
  require_scales(opened.file, "/scalars/beta", {"/sample"});
  require_scales(opened.file, "/samples/status", {"/sample"});
  require_scales(opened.file, "/samples/iterations", {"/sample"});
  require_scales(opened.file, "/samples/seed", {"/sample", "/samples/word"});
  require_text(opened.file, "/x", "units", "m");
  require_text(opened.file, "/t0_fields/u", "long_name", "solution");
  require_text(opened.file, "/t0_fields/u", "units", "1");
}

BOOST_AUTO_TEST_CASE(two_frames) {
  const TemporaryDirectory directory;
  auto layout = darcy_layout(directory.path());
  layout.steady_frames = 2;
  const Opened opened(layout);
  BOOST_TEST(hdf5::shape(opened.file, "/t0_fields/u") == Shape({16, 2, 8, 9}), boost::test_tools::per_element());
  BOOST_TEST(hdf5::shape(opened.file, "/tensor") == Shape({16, 1, 8, 9}), boost::test_tools::per_element());
  require_scales(opened.file, "/tensor", {"/sample", "/t-coordinate", "/x", "/y"});
  const auto both = hdf5::read_reals(opened.file, "/t0_fields/u");
  const auto last = hdf5::read_reals(opened.file, "/tensor");
  const std::size_t frame = 8 * 9;
  const DatasetPlan plan(layout);
  for (std::size_t row = 0; row < 16; ++row) {
    const auto expected = sample_values(layout, 1, plan.index_at(0, static_cast<Index>(row)));
    for (std::size_t i = 0; i < frame; ++i) {
      BOOST_REQUIRE_EQUAL(both.values[2 * row * frame + i], 0.0);
      BOOST_REQUIRE_EQUAL(both.values[(2 * row + 1) * frame + i], expected[i]);
      BOOST_REQUIRE_EQUAL(last.values[row * frame + i], expected[i]);
    }
  }
}

BOOST_AUTO_TEST_CASE(growing_file_is_readable_and_tells_its_rows) {
  const TemporaryDirectory directory;
  const auto layout = darcy_layout(directory.path());
  const Opened opened(layout, false);
  const auto index = hdf5::read_reals(opened.file, "/samples/index");
  const auto sample = hdf5::read_reals(opened.file, "/sample");
  const auto status = hdf5::read_reals(opened.file, "/samples/status");
  const DatasetPlan plan(layout);
  for (std::size_t row = 0; row < index.values.size(); ++row) {
    BOOST_TEST(index.values[row] == static_cast<double>(plan.index_at(0, static_cast<Index>(row))));
    BOOST_TEST(sample.values[row] == static_cast<double>(row));
    BOOST_TEST(status.values[row] == 0.0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
