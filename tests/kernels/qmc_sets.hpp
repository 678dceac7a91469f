#pragma once

#include <initializer_list>
#include <string>

#include <kindred/kernels/qmc/sampler.hpp>

namespace qmc_test {

/// Every kind of point set with every scramble that it has.
/// @param visit  (name, PointSet, whether it has a Gray order, Scramble)
template <class Visit>
void for_every_set(int dimensions, const Visit& visit) {
  using namespace kindred::qmc;
  const auto add = [&](const char* set, const PointSet& points, bool gray, std::initializer_list<Scramble> scrambles) {
    for (const Scramble scramble : scrambles) {
      visit(std::string(set) + " " + std::string(name(scramble)), points, gray, scramble);
    }
  };
  const auto net_scrambles = {Scramble::none,           Scramble::digital_shift, Scramble::lms, Scramble::lms_digital_shift,
                              Scramble::nested_uniform, Scramble::owen_hash};
  add("sobol", sobol(dimensions), true, net_scrambles);
  add("sobol of 64 columns", sobol(dimensions, 64), true, {Scramble::lms_digital_shift, Scramble::nested_uniform});
  add("sobol of order 3", sobol(dimensions, 32, 3), true, net_scrambles);
  add("lattice", lattice_table(dimensions), true, {Scramble::none, Scramble::shift});
  add("kronecker", richtmyer(dimensions), false, {Scramble::none, Scramble::shift});
  add("halton", Halton{dimensions}, false,
      {Scramble::none, Scramble::digital_shift, Scramble::digit_permutation, Scramble::lms, Scramble::lms_digital_shift,
       Scramble::lms_digit_permutation, Scramble::nested_uniform});
  add("independent", Independent{dimensions}, false, {Scramble::none});
}

}  // namespace qmc_test
