#pragma once

#include <eigen3/Eigen/Core>

// Small dense eigenproblems behind recycling: which combinations of a few dozen vectors are worth keeping. No PETSc, no MPI.

namespace kindred::recycling {

/// Columns that combine a basis into a new one.
struct Selection {
  Eigen::MatrixXd coefficients;  ///< old dimension × kept
  Eigen::VectorXd values;        ///< one per kept column
};

/// A transform T with Tᵀ E T = I for a Gram matrix E, without the directions that E cannot tell from zero.
struct GramTransform {
  Eigen::MatrixXd transform;   ///< dimension × kept
  double smallest_kept = 1.0;  ///< smallest kept eigenvalue of E scaled to a unit diagonal; small values ask for a second pass
  bool indefinite = false;     ///< E has a clearly negative eigenvalue (or a number that is not finite): no transform
};

/// @param gram symmetric, dimension × dimension
/// @param drop directions with eigenvalues below drop · largest are left out. Cost O(dimension³).
GramTransform orthonormalising_transform(const Eigen::MatrixXd& gram, double drop = 1e-13);

/// The `count` smallest θ of G y = θ F y with G and F symmetric positive (semi)definite, scaled to Yᵀ F Y = I.
/// These are the harmonic Ritz values of M⁻¹A where F = ZᵀAZ and G = (AZ)ᵀM⁻¹(AZ) (Saad, Yeung, Erhel and Guyomarc'h, "A deflated
/// version of the conjugate gradient algorithm", SIAM J. Sci. Comput. 21, 2000). Directions in which F is below 1e-12 of its
/// largest eigenvalue are left out first. Fewer than `count` columns come back if fewer are there, none if a number is not finite.
Selection smallest_of_pencil(const Eigen::MatrixXd& g, const Eigen::MatrixXd& f, Eigen::Index count);

/// The `count` smallest |θ| of GᵀG z = θ S z with S symmetric, indefinite or not, scaled to ‖G z‖ = 1; `values` holds 1/θ.
/// GᵀG is never formed: G = QR and R⁻ᵀ S R⁻¹ is decomposed. Columns that G cannot tell from combinations of others are left out.
Selection smallest_of_symmetric_harmonic(const Eigen::MatrixXd& g, const Eigen::MatrixXd& s, Eigen::Index count);

}  // namespace kindred::recycling
