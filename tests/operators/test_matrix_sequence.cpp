// Matrices from files: PETSc's viewer and hand-written Matrix Market files as references, and files that are wrong.

#include <boost/test/unit_test.hpp>

#include <petscviewer.h>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/matrix_files/matrix_file.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

CsrArrays random_matrix(Index rows, std::uint64_t seed) {
  const Draws draws(seed, "matrix", 0);
  std::vector<Triplet> entries;
  for (Index row = 0; row < rows; ++row) {
    const auto draw = static_cast<std::uint64_t>(4 * row);
    entries.push_back({row, row, 5.0 + draws.normal(draw)});
    entries.push_back({row, static_cast<Index>(draws.uniform(draw + 1) * static_cast<double>(rows)), draws.normal(draw + 2)});
  }
  return csr_from_triplets(rows, entries);
}

/// Writes with PETSc's own viewer; `vector` behind the matrix unless empty, alone if there is no matrix.
void write_petsc(const std::string& path, const CsrArrays* matrix, std::vector<double> vector, MatType type = MATSEQAIJ) {
  petsc::Handle<PetscViewer, PetscViewerDestroy> viewer;
  KINDRED_PETSC(PetscViewerBinaryOpen(PETSC_COMM_SELF, path.c_str(), FILE_MODE_WRITE, viewer.slot()));
  KINDRED_PETSC(PetscViewerBinarySetSkipInfo(viewer, PETSC_TRUE));
  if (matrix != nullptr) {
    petsc::Matrix a;
    make_matrix(a, *matrix, 1);
    if (std::string(type) == MATSEQDENSE) {
      KINDRED_PETSC(PetscViewerPushFormat(viewer, PETSC_VIEWER_NATIVE));
      petsc::Matrix full;
      KINDRED_PETSC(MatConvert(a, MATSEQDENSE, MAT_INITIAL_MATRIX, full.slot()));
      KINDRED_PETSC(MatView(full, viewer));
    } else {
      KINDRED_PETSC(MatView(a, viewer));
    }
  }
  if (!vector.empty()) {
    petsc::Vector v;
    KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(vector.size()), vector.data(), v.slot()));
    KINDRED_PETSC(VecView(v, viewer));
  }
}

bool equal(const CsrArrays& a, const CsrArrays& b) { return a.offsets == b.offsets && a.columns == b.columns && a.values == b.values; }

Eigen::MatrixXd read_dense(const std::string& path) { return dense(CsrOperator(read_matrix_file(path))); }

Domain line(Index n) { return make_domain(grid_table({n}), Value(Table{})); }

const char* const banner = "%%MatrixMarket matrix coordinate real general\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(test_matrix_sequence)

BOOST_AUTO_TEST_CASE(petsc_files_come_back_to_the_last_bit) {
  start_petsc();
  const ScratchDirectory scratch;
  const CsrArrays a = random_matrix(17, 1);
  const std::vector<double> b = {1.5, -2.25, 1e-300, 7.0};
  write_petsc(scratch.file("a.bin"), &a, {});
  BOOST_TEST(equal(read_matrix_file(scratch.file("a.bin")), a));
  BOOST_TEST(rows_of_matrix_file(scratch.file("a.bin")) == 17);
  BOOST_TEST(!read_vector_behind_matrix(scratch.file("a.bin")).has_value());
  write_petsc(scratch.file("ab.bin"), &a, b);
  BOOST_TEST(equal(read_matrix_file(scratch.file("ab.bin")), a));
  BOOST_REQUIRE(read_vector_behind_matrix(scratch.file("ab.bin")).has_value());
  BOOST_TEST(*read_vector_behind_matrix(scratch.file("ab.bin")) == b, boost::test_tools::per_element());
  write_petsc(scratch.file("b.bin"), nullptr, b);
  BOOST_TEST(read_vector_file(scratch.file("b.bin")) == b, boost::test_tools::per_element());
  write_petsc(scratch.file("dense.bin"), &a, b, MATSEQDENSE);
  BOOST_TEST((read_dense(scratch.file("dense.bin")) - dense(CsrOperator(a))).cwiseAbs().maxCoeff() == 0.0);
  BOOST_REQUIRE(read_vector_behind_matrix(scratch.file("dense.bin")).has_value());
  BOOST_TEST(*read_vector_behind_matrix(scratch.file("dense.bin")) == b, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_supported_kind_of_matrix_market) {
  const ScratchDirectory scratch;
  Eigen::MatrixXd expected(3, 3);
  expected << 2.0, 0.0, -1.5, 4.0, 0.0, 0.0, 0.0, 1e-3, 7.0;
  BOOST_TEST((read_dense(scratch.write("general.mtx", std::string(banner) + "% a comment\n\n3 3 5\n1 1 2\n1 3 -1.5\n2 1 +4.0\n3 2 1e-3\n"
                                                                            "3 3 7E0\n")) == expected));
  BOOST_TEST(read_dense(scratch.write("twice.mtx",
                                      "%%matrixmarket MATRIX Coordinate Integer General\r\n3 3 6\r\n1 1 1\r\n1 1 1\r\n"
                                      "2 2 5\r\n3 3 1\r\n3 1 2\r\n1 2 -3\r\n"))(0, 0) == 2.0);
  Eigen::MatrixXd symmetric(3, 3);
  symmetric << 1.0, 2.0, 0.0, 2.0, 3.0, 4.0, 0.0, 4.0, 5.0;
  BOOST_TEST((read_dense(scratch.write("symmetric.mtx",
                                       "%%MatrixMarket matrix coordinate real symmetric\n3 3 5\n1 1 1\n2 1 2\n2 2 3\n3 2 4\n"
                                       "3 3 5\n")) == symmetric));
  Eigen::MatrixXd skew(2, 2);
  skew << 0.0, -6.0, 6.0, 0.0;
  BOOST_TEST((read_dense(scratch.write("skew.mtx", "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 6\n")) == skew));
  Eigen::MatrixXd pattern(2, 2);
  pattern << 1.0, 1.0, 1.0, 0.0;
  BOOST_TEST(
      (read_dense(scratch.write("pattern.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n")) == pattern));
  Eigen::MatrixXd array(2, 2);
  array << 1.0, 3.0, 2.0, 4.0;  // columns first
  BOOST_TEST((read_dense(scratch.write("array.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n")) == array));
  Eigen::MatrixXd triangle(2, 2);
  triangle << 1.0, 2.0, 2.0, 4.0;
  BOOST_TEST((read_dense(scratch.write("triangle.mtx", "%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n4\n")) == triangle));
  BOOST_TEST(read_vector_file(scratch.write("v.mtx", "%%MatrixMarket matrix array real general\n3 1\n1\n-2\n0.5\n")) ==
                 (std::vector<double>{1.0, -2.0, 0.5}),
             boost::test_tools::per_element());
  BOOST_TEST(read_vector_file(scratch.write("w.mtx", std::string(banner) + "3 1 1\n2 1 4\n")) == (std::vector<double>{0.0, 4.0, 0.0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bad_matrix_market_files_are_refused_with_the_line) {
  const ScratchDirectory scratch;
  const auto complaint = [&](const std::string& contents) {
    const std::string path = scratch.write("bad.mtx", contents);
    std::string message = refusal([&] { read_matrix_file(path); });
    return contains(message, path) ? message.substr(path.size()) : message;
  };
  const std::string head = banner;
  BOOST_TEST(contains(complaint("hello world\n"), ":1: is neither"));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix coordinate\n"), ":1: the first line must be"));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix coordinate complex general\n"), ":1: entries of type \"complex\""));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix coordinate real hermitian\n"), ":1: the symmetry \"hermitian\""));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix array pattern general\n"), ":1: entries of type \"pattern\""));
  BOOST_TEST(contains(complaint(head), ":1: the file ends before the line of sizes"));
  BOOST_TEST(contains(complaint(head + "% comment\n2 2\n"), ":3: expected rows, columns and entries"));
  BOOST_TEST(contains(complaint(head + "2 3 0\n"), ":2: the matrix has 2 rows and 3 columns"));
  BOOST_TEST(contains(complaint(head + "-2 -2 0\n"), ":2: a matrix of -2"));
  BOOST_TEST(contains(complaint(head + "2 2 2\n1 1 1\n"), ":3: the file ends after 1 of 2 entries"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1 1 1\n2 2 1\n"), ":4: the file goes on"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n0 1 1\n"), ":3: row 0, column 1 lies outside"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1 3 1\n"), ":3: row 1, column 3 lies outside"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1 1 one\n"), ":3: \"one\" is no number"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1 1 nan\n"), ":3: the value nan is not finite"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1.5 1 1\n"), ":3: \"1.5\" is no row"));
  BOOST_TEST(contains(complaint(head + "2 2 1\n1 1\n"), ":3: expected row, column and value"));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n"), ":3: row 1, column 2 lies above"));
  BOOST_TEST(contains(complaint("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 2 1\n"), ":3: row 2 has a diagonal"));
  BOOST_TEST(
      contains(complaint("%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n"), ":5: the file ends before the entry of row 2"));
  BOOST_TEST(contains(complaint("\x1f\x8b\x08 compressed"), "gunzip"));
  BOOST_CHECK_THROW(read_matrix_file(scratch.file("nowhere.mtx")), IoError);
  BOOST_TEST(contains(refusal([&] { read_vector_file(scratch.write("two.mtx", head + "2 2 0\n")); }), ":2: a right-hand side has one"));
}

BOOST_AUTO_TEST_CASE(damaged_petsc_files_are_refused) {
  start_petsc();
  const ScratchDirectory scratch;
  const CsrArrays a = random_matrix(5, 2);
  write_petsc(scratch.file("a.bin"), &a, {});
  std::ifstream stream(scratch.file("a.bin"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(stream)), {});
  for (const std::size_t kept : {8U, 20U, 40U, 60U, 100U}) {
    BOOST_REQUIRE(kept < whole.size());
    BOOST_TEST(contains(refusal([&] { read_matrix_file(scratch.write("cut.bin", whole.substr(0, kept))); }), "the file ends inside"));
  }
  std::string column = whole;
  column[16 + 5 * 4 + 3] = 9;  // the first column index, last byte
  BOOST_TEST(contains(refusal([&] { read_matrix_file(scratch.write("column.bin", column)); }), "column 9"));
  std::string length = whole;
  length[16 + 3] = 100;  // the first row's length
  BOOST_TEST(contains(refusal([&] { read_matrix_file(scratch.write("length.bin", length)); }), "row 0 has 100 entries"));
  BOOST_TEST(contains(refusal([&] { read_vector_file(scratch.file("a.bin")); }), "a vector has 1211214"));
  BOOST_TEST(contains(refusal([&] { read_matrix_file(scratch.write("wide.bin", std::string(4, '\0') + whole)); }), "64-bit"));
}

BOOST_AUTO_TEST_CASE(patterns_are_sorted_by_number) {
  const ScratchDirectory scratch;
  for (const char* name : {"a_10.mtx", "a_2.mtx", "a_1.mtx", "b.mtx"}) {
    static_cast<void>(scratch.write(name, ""));
  }
  const auto files = matching_files({scratch.file("b.mtx"), scratch.file("a_*.mtx")});
  BOOST_REQUIRE(files.size() == 4U);
  BOOST_TEST(files[0].filename() == "b.mtx");
  BOOST_TEST(files[1].filename() == "a_1.mtx");
  BOOST_TEST(files[2].filename() == "a_2.mtx");
  BOOST_TEST(files[3].filename() == "a_10.mtx");
  BOOST_TEST(contains(refusal([&] { matching_files({scratch.file("c_*.mtx")}); }), "no file matches"));
}

BOOST_AUTO_TEST_CASE(a_sequence_is_its_files) {
  start_petsc();
  const ScratchDirectory scratch;
  const Index n = 6;
  std::vector<CsrArrays> matrices;
  std::vector<std::vector<double>> rhs;
  for (std::uint64_t k = 0; k < 3; ++k) {
    matrices.push_back(random_matrix(n, k));
    rhs.push_back({1.0, 2.0, 3.0, 4.0, 5.0, 6.0 + static_cast<double>(k)});
    write_petsc(scratch.file("a_" + std::to_string(k) + ".bin"), &matrices.back(), rhs.back());
  }
  const auto problem = create<Problem>(typed("matrix_sequence", {{"matrices", strings({scratch.file("a_*.bin")})}}), line(n));
  for (Index k = 0; k < 3; ++k) {
    Sample sample;
    sample.index = k;
    const auto inputs = problem->draw(sample);
    BOOST_TEST(inputs[1].values == rhs[static_cast<std::size_t>(k)], boost::test_tools::per_element());
    const LinearSystem system = problem->assemble(inputs);
    BOOST_TEST((dense(*system.matrix) - dense(CsrOperator(matrices[static_cast<std::size_t>(k)]))).cwiseAbs().maxCoeff() == 0.0);
    BOOST_TEST(system.rhs == inputs[1].values, boost::test_tools::per_element());
    const Eigen::VectorXd u = solve_by_lu(system);
    BOOST_TEST((dense(*system.matrix) * u - rhs_of(system)).norm() < 1e-12);
  }
  BOOST_TEST(problem->complaints(3).empty());
  BOOST_REQUIRE(problem->complaints(4).size() == 1U);
  BOOST_TEST(contains(problem->complaints(4)[0].message, "3 files for 4 samples"));
  Sample fourth;
  fourth.index = 3;
  BOOST_CHECK_THROW(static_cast<void>(problem->draw(fourth)), InputError);
}

BOOST_AUTO_TEST_CASE(facts_and_sizes_are_checked) {
  start_petsc();
  const ScratchDirectory scratch;
  const std::string nonsymmetric = scratch.write("n.mtx", std::string(banner) + "2 2 3\n1 1 1\n2 2 1\n1 2 0.5\n");
  const std::string indefinite = scratch.write("i.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 1\n2 1 3\n2 2 -1\n");
  const std::string definite = scratch.write("d.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 2\n2 1 1\n2 2 2\n");
  const std::string larger = scratch.write("l.mtx", std::string(banner) + "3 3 3\n1 1 1\n2 2 1\n3 3 1\n");
  const std::string b = scratch.write("b.mtx", "%%MatrixMarket matrix array real general\n2 1\n1\n2\n");
  const auto make = [&](const std::vector<std::string>& files, bool symmetric, bool positive, const std::vector<std::string>& rhs = {}) {
    Entries entries{{"matrices", strings(files)}, {"symmetric", symmetric}, {"positive_definite", positive}};
    if (!rhs.empty()) {
      entries.emplace_back("rhs", strings(rhs));
    }
    return create<Problem>(typed("matrix_sequence", entries), line(2));
  };
  BOOST_TEST(contains(refusal([&] { assemble_sample(*make({nonsymmetric}, true, false)); }), "n.mtx: is not symmetric: row 1, column 2"));
  BOOST_TEST(contains(refusal([&] { assemble_sample(*make({indefinite}, true, true)); }), "its diagonal has -1 in row 2"));
  const LinearSystem good = assemble_sample(*make({definite}, true, true));
  BOOST_TEST(good.symmetric);
  BOOST_TEST(good.positive_definite);
  BOOST_TEST(good.rhs == (std::vector<double>{1.0, 1.0}), boost::test_tools::per_element());
  BOOST_TEST(assemble_sample(*make({nonsymmetric, definite}, false, false, {b}), 1).rhs == (std::vector<double>{1.0, 2.0}),
             boost::test_tools::per_element());
  BOOST_TEST(contains(refusal([&] { make({nonsymmetric, definite, indefinite}, false, false, {b, b}); }), "3 matrices and 2 right-hand"));
  BOOST_TEST(contains(refusal([&] { make({larger}, false, false); }), "set [grid] n = [3]"));
  const auto mixed = make({definite, larger}, false, false);
  BOOST_REQUIRE(mixed->complaints(2).size() == 1U);
  BOOST_TEST(contains(mixed->complaints(2)[0].message, "l.mtx: the matrix has 3 rows"));
  BOOST_TEST(contains(refusal([&] { assemble_sample(*mixed, 1); }), "l.mtx"));
  Diagnostics diagnostics;
  const Value unsound = typed("matrix_sequence", {{"matrices", strings({definite})}, {"positive_definite", true}});
  Registry::instance().get("problem", "matrix_sequence").check(unsound, diagnostics);
  BOOST_TEST(contains(diagnostics.text(), "needs symmetric = true"));
}

BOOST_AUTO_TEST_SUITE_END()
