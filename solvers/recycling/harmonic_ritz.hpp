#pragma once

#include <optional>

#include <eigen3/Eigen/Core>

namespace kindred::recycling {

/// One cycle's relation A V̂ = Ŵ G in coordinates: V̂ (n × q) the search space, columns of about unit norm, Ŵ (n × r) orthonormal, r ≥ q.
struct CycleRelation {
  Eigen::MatrixXd image;     ///< G = Ŵᵀ A V̂, r × q
  Eigen::MatrixXd products;  ///< Ŵᵀ V̂, r × q
};

/// A new recycle space in the coordinates of a cycle: U = V̂ · solution and C = Ŵ · image, with A U = C and CᵀC = I.
struct RecycleUpdate {
  Eigen::MatrixXd solution;      ///< q × k
  Eigen::MatrixXd image;         ///< r × k, orthonormal columns
  Eigen::VectorXcd ritz_values;  ///< θ of the columns chosen, by growing |θ|
};

/// Columns that are combinations of others to this relative precision are dropped.
inline constexpr double dependence_tolerance = 1e-12;

/// The space of the `count` harmonic Ritz values θ of smallest modulus:
///     (A V̂)ᵀ (A V̂ z - θ V̂ z) = 0   ⇔   T z = z / θ,   T = R_g⁻¹ Q_gᵀ (Ŵᵀ V̂),   G = Q_g R_g.
/// GᵀG, whose condition number is squared, is not formed. Columns of G that are dependent leave the search space. Conjugate pairs stay
/// whole, as {Re z, Im z}; where one place is left the pair is passed over for the next real θ, so that there may be one column less.
/// @param drop_large  keep only θ with |θ| ≤ 0.1 · median |θ|, but one vector (or pair) at least
/// @returns nothing if the eigenvalue computation fails or no finite θ exists: keep the old space
/// Cost O(q³ + r q k).
/// M. Parks et al., SIAM J. Sci. Comput. 28 (2006) 1651, section 2; C. Paige, B. Parlett, H. van der Vorst, Numer. Linear Algebra Appl. 2
/// (1995) 115.
std::optional<RecycleUpdate> harmonic_ritz(const CycleRelation& cycle, Eigen::Index count, bool drop_large = false);

}  // namespace kindred::recycling
