#include <kindred/operators/cubature/point_sets.hpp>

#include <kindred/core/base/error.hpp>

namespace kindred {

qmc::DigitalNet NetParameters::make_net(int dimensions) const {
  constexpr int columns = 32;
  if (net == "sobol") {
    return qmc::sobol(dimensions, columns, interlacing);
  }
  if (interlacing != 1) {
    throw InputError("the net \"niederreiter_xing\" is not interlaced here: leave interlacing out, or take net = \"sobol\"");
  }
  return qmc::niederreiter_xing(dimensions);
}

qmc::Scramble NetParameters::make_scramble() const {
  for (const auto known :
       {qmc::Scramble::lms_digital_shift, qmc::Scramble::nested_uniform, qmc::Scramble::owen_hash, qmc::Scramble::digital_shift}) {
    if (scramble == qmc::name(known)) {
      return known;
    }
  }
  throw InputError("no scramble is called \"" + scramble + "\"");
}

qmc::Lattice LatticeParameters::make_lattice(int dimensions) const { return qmc::lattice_table(dimensions, vector); }

qmc::PointSet PointSetParameters::make_points(int dimensions) const {
  if (points == "lattice") {
    return make_lattice(dimensions);
  }
  if (points == "halton") {
    if (dimensions > qmc::Halton::max_dimensions) {
      throw InputError("Halton's sequence has " + std::to_string(qmc::Halton::max_dimensions) + " dimensions here, and the integrand " +
                       std::to_string(dimensions) + ": take points = \"net\", or fewer [integrate] dimensions");
    }
    return qmc::Halton{dimensions};
  }
  return make_net(dimensions);
}

qmc::Scramble PointSetParameters::randomisation() const {
  if (points == "lattice") {
    return qmc::Scramble::shift;
  }
  return points == "halton" ? qmc::Scramble::lms_digit_permutation : make_scramble();
}

}  // namespace kindred
