#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <kindred/core/registry/parameter.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/randomization.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

// Parameters that the cubature rules share.

namespace kindred {

/// A digital net and its randomisation.
struct NetParameters {
  std::string net = "sobol";
  int interlacing = 1;
  std::string scramble = "lms_digital_shift";

  /// @throws InputError if there is no such net in so many dimensions
  [[nodiscard]] qmc::DigitalNet make_net(int dimensions) const;
  [[nodiscard]] qmc::Scramble make_scramble() const;
};

/// A lattice.
struct LatticeParameters {
  std::string vector = "kuo_39101_m20";

  /// @throws InputError if the vector has fewer components
  [[nodiscard]] qmc::Lattice make_lattice(int dimensions) const;
};

/// A net, a lattice or a Halton sequence, whichever `points` names.
struct PointSetParameters : NetParameters, LatticeParameters {
  std::string points = "net";

  /// @throws InputError if there is no such set in so many dimensions
  [[nodiscard]] qmc::PointSet make_points(int dimensions) const;
  /// One that makes every point uniform: the net's, or the only one that the set has.
  [[nodiscard]] qmc::Scramble randomisation() const;
};

/// The parameters of a net, for the schema of P, which derives from NetParameters.
template <class P>
Schema<P> net_schema() {
  return {
      parameter<P, std::string>("net", &P::net)
          .choices({"sobol", "niederreiter_xing"})
          .doc("\"sobol\": up to 21201 dimensions. \"niederreiter_xing\": 4 to 32."),
      parameter<P, int>("interlacing", &P::interlacing)
          .range(1, qmc::DigitalNet::max_interlacing)
          .doc("Order of the net: above 1 for smooth integrands of few dimensions."),
      parameter<P, std::string>("scramble", &P::scramble)
          .choices({"lms_digital_shift", "nested_uniform", "owen_hash", "digital_shift"})
          .doc("How the net is made random; see docs/qmc.md."),
  };
}

/// For rules that need a net to stay one: in place of the last parameter of net_schema().
template <class P>
Parameter<P> linear_scramble_parameter() {
  return parameter<P, std::string>("scramble", &P::scramble)
      .choices({"lms_digital_shift", "digital_shift"})
      .doc("How the net is made random: by a linear scramble and a shift, under which it stays a net, or by a shift alone.");
}

template <class P>
Parameter<P> lattice_parameter() {
  return parameter<P, std::string>("vector", &P::vector)
      .choices({"kuo_39101_m20", "kuo_32001_m20", "kuo_38005_m20", "kuo_33002_m20", "mps_exod2_m20", "mps_exod2_m13", "mps_exod8_m13",
                "mps_exod2_ckn_m20", "mps_exew_a3_m20"})
      .doc("Generating vector, for at most 2^20 points (2^13: names that end in m13); see docs/qmc.md.");
}

/// The parameters of a point set, for the schema of P, which derives from PointSetParameters.
template <class P>
Schema<P> point_set_schema() {
  Schema<P> all{
      parameter<P, std::string>("points", &P::points)
          .choices({"net", "lattice", "halton"})
          .doc("\"net\": the digital net of `net`, `interlacing`, `scramble`. \"lattice\": that of `vector`, shifted. \"halton\": Halton's "
               "sequence, scrambled, up to 1000 dimensions.")};
  auto net = net_schema<P>();
  std::move(net.begin(), net.end(), std::back_inserter(all));
  all.push_back(lattice_parameter<P>());
  return all;
}

}  // namespace kindred
