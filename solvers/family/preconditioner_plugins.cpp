#include <utility>

#include <fmt/format.h>

#include <kindred/operators/toeplitz/toeplitz_operator.hpp>
#include <kindred/solvers/linear/preconditioner.hpp>

namespace kindred {
namespace {

struct FastPoissonParameters {
  std::string precision = "double";

  static Schema<FastPoissonParameters> schema() {
    return {
        parameter("precision", &FastPoissonParameters::precision)
            .choices({"single", "double", "auto"})
            .doc("Of the numbers inside the preconditioner. `single` takes about half the time and gives relative errors of 1e-7, which "
                 "conjugate gradients do not notice; `auto`: single unless the preconditioner solves the system exactly.")};
  }
};

class FastPoisson final : public Preconditioner {
 public:
  FastPoisson(const char* pc_type, FastPoissonParameters p) : pc_type_(pc_type), parameters_(std::move(p)) {}
  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& /*system*/, double /*entries_per_row*/) const override {
    return {pc_type_, {{"pc_dst_precision", parameters_.precision}}};
  }

 private:
  const char* pc_type_;
  FastPoissonParameters parameters_;
};

const Registration dst =
    plugin<Preconditioner, FastPoissonParameters>("dst")
        .summary("A fast Poisson solver of constant coefficients")
        .doc(R"($$M^{-1} = P^{-1},\qquad P = \bigoplus_k c_k T_k + \sigma I$$

P is the operator of constant coefficients on the same grid with the same kinds of sides, inverted by sine, cosine or Fourier transforms
along all axes but one and tridiagonal solves along that one: O(n log n). For coefficients that jump, contrast up to about ten; exact
for constant ones. The number of iterations does not grow with the grid.)")
        .source("R. Hockney, A fast direct solution of Poisson's equation using Fourier analysis, J. ACM 12 (1965) 95-113")
        .example("[solver]\ntype = \"gcrodr\"\npreconditioner = \"dst\"\n")
        .capabilities({"grid"})
        .factory([](const FastPoissonParameters& p) { return std::make_unique<FastPoisson>("dst", p); });

const Registration scaled_dst = plugin<Preconditioner, FastPoissonParameters>("scaled_dst")
                                    .summary("A fast Poisson solver between two scalings by the diagonal")
                                    .doc(R"($$M^{-1} = D^{-1/2} P^{-1} D^{-1/2},\qquad D = \mathrm{diag}(A)/\mathrm{diag}(P)$$

The scaling turns $-\nabla\cdot(a\nabla)$ with a smooth a into an operator of nearly constant leading coefficient: the number of iterations
hardly depends on the contrast. Jumps of a spoil it; then `dst` is better.)")
                                    .source(
                                        "P. Concus, G. Golub, Use of fast direct methods for the efficient numerical solution of "
                                        "nonseparable elliptic equations, SIAM J. "
                                        "Numer. Anal. 10 (1973) 1103-1120")
                                    .example("[solver]\ntype = \"defcg\"\npreconditioner = \"scaled_dst\"\n")
                                    .capabilities({"grid"})
                                    .factory([](const FastPoissonParameters& p) { return std::make_unique<FastPoisson>("scaled_dst", p); });

struct ClusterParameters {
  int clusters = 4;
  int pilot = 16;
  bool scaled = true;
  std::string package = "petsc";

  static Schema<ClusterParameters> schema() {
    using P = ClusterParameters;
    return {
        parameter("clusters", &P::clusters).range(1, 100'000).doc("Factors to keep."),
        parameter("pilot", &P::pilot).range(1, 100'000).doc("Matrices of the chain that the clusters are learnt from."),
        parameter("scaled", &P::scaled).doc("Scale matrices to a unit diagonal: better for smooth coefficients, worse for jumps."),
        parameter("package", &P::package).choices({"petsc", "cholmod", "mumps"}).doc("Factorisation package."),
    };
  }
};

class ClusterCholesky final : public Preconditioner {
 public:
  explicit ClusterCholesky(ClusterParameters p) : parameters_(std::move(p)) {}
  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& system, double /*entries_per_row*/) const override {
    if (!system.symmetric || !system.positive_definite) {
      throw InputError(
          "[solver] preconditioner = \"cluster_cholesky\" factors symmetric positive definite matrices, and this one is not: "
          "use petsc with pc_type ilu");
    }
    return {"cluster_cholesky",
            {{"pc_cluster_cholesky_clusters", std::to_string(parameters_.clusters)},
             {"pc_cluster_cholesky_pilot", std::to_string(parameters_.pilot)},
             {"pc_cluster_cholesky_scaled", parameters_.scaled ? "1" : "0"},
             {"pc_cluster_cholesky_package", parameters_.package}}};
  }

 private:
  ClusterParameters parameters_;
};

const Registration cluster_cholesky =
    plugin<Preconditioner, ClusterParameters>("cluster_cholesky")
        .summary("Cholesky factors of cluster centroids; each matrix takes the nearest")
        .doc(R"($$M^{-1} = D^{-1/2}\,\bar A_{c}^{-1}\,D^{-1/2},\qquad \kappa \le \max_x \frac{a}{\bar a_c} \Big/ \min_x \frac{a}{\bar a_c}$$

The first `pilot` matrices are clustered (k-means on the logarithm of their diagonals), the mean matrix of each cluster is factored once, and
every matrix is preconditioned by the factor of the nearest cluster. For smooth families on grids or meshes that no fast transform
fits. Solutions depend, within the tolerance, on the chain.)")
        .source(
            "after the Voronoi preconditioners of N. Venkovic, P. Mycek, L. Giraud, O. Le Maître for sampled stochastic elliptic equations")
        .example("[solver]\ntype = \"defcg\"\npreconditioner = { type = \"cluster_cholesky\", clusters = 4 }\n")
        .capabilities({"symmetric"})
        .factory([](const ClusterParameters& p) { return std::make_unique<ClusterCholesky>(p); });

struct ReuseParameters {
  double setup_cost = 10.0;
  bool measure = false;
  std::string multigrid = "auto";

  static Schema<ReuseParameters> schema() {
    using P = ReuseParameters;
    return {
        parameter("setup_cost", &P::setup_cost).at_least(0.0).doc("Cost of a set-up, counted in applications."),
        parameter("measure", &P::measure).doc("Measure that cost instead; results then depend on the clock."),
        parameter("multigrid", &P::multigrid)
            .choices({"auto", "hypre", "gamg"})
            .doc("BoomerAMG or GAMG; `auto`: BoomerAMG where there is hypre."),
    };
  }
};

class AmgReuse final : public Preconditioner {
 public:
  explicit AmgReuse(ReuseParameters p) : parameters_(std::move(p)) {}
  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& /*system*/, double /*entries_per_row*/) const override {
    PreconditionerChoice choice{"amg_reuse",
                                {{"pc_amg_reuse_setup_cost", fmt::format("{}", parameters_.setup_cost)},
                                 {"pc_amg_reuse_measure", parameters_.measure ? "1" : "0"}}};
    if (parameters_.multigrid != "auto") {
      choice.options["amg_reuse_pc_type"] = parameters_.multigrid;
    }
    return choice;
  }

 private:
  ReuseParameters parameters_;
};

const Registration amg_reuse = plugin<Preconditioner, ReuseParameters>("amg_reuse")
                                   .summary("Algebraic multigrid kept from one matrix to the next until reuse has cost more than a set-up")
                                   .doc(R"($$\text{rebuild when}\quad \sum_i (\mathrm{its}_i - \mathrm{its}_0) \ge \text{setup cost}$$

For time steps and other slowly changing matrices; not for independent samples. Solutions depend, within the tolerance, on the chain.)")
                                   .source("V. Henson, U. Yang, BoomerAMG, Applied Numerical Mathematics 41 (2002) 155-177")
                                   .example("[solver]\ntype = \"defcg\"\nrecycle = 0\npreconditioner = \"amg_reuse\"\n")
                                   .capabilities({"symmetric", "nonsymmetric"})
                                   .factory([](const ReuseParameters& p) { return std::make_unique<AmgReuse>(p); });

struct CirculantParameters {
  std::string circulant = "optimal";

  static Schema<CirculantParameters> schema() {
    return {
        parameter("circulant", &CirculantParameters::circulant)
            .choices({"optimal", "strang", "embedding"})
            .doc("Which circulant matrix: the nearest one in the Frobenius norm; the one with the central diagonals; or the smallest one "
                 "around the matrix, whose inverse is cut down to its rows (two and three levels: fewest iterations, dearest).")};
  }
};

class Circulant final : public Preconditioner {
 public:
  explicit Circulant(CirculantParameters p) : parameters_(std::move(p)) {}
  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& system, double /*entries_per_row*/) const override {
    if (dynamic_cast<const ToeplitzOperator*>(system.matrix.get()) == nullptr) {
      throw InputError(
          "[solver] preconditioner = \"circulant\" approximates Toeplitz matrices, and this one is none: use \"auto\", or jacobi");
    }
    return {"circulant", {{"pc_circulant_type", parameters_.circulant}}};
  }

 private:
  CirculantParameters parameters_;
};

const Registration circulant =
    plugin<Preconditioner, CirculantParameters>("circulant")
        .summary("A circulant matrix near a Toeplitz matrix, inverted by fast transforms")
        .doc(R"($$M^{-1} = F^* \,\mathrm{diag}(F c)^{-1} F,\qquad c_k = \frac{(n-k)\,t_k + k\,t_{k-n}}{n} \ (\text{optimal}),\qquad
c_k = t_k,\ k < n/2;\ c_k = t_{k-n},\ k > n/2 \ (\text{strang})$$

For Toeplitz matrices $A_{ij} = t_{i-j}$ of one to three levels, the products of one-level formulas in several. `optimal` minimises
$\|C - A\|_F$ over circulant matrices $C$ and is definite where $A$ is. `embedding` is $M^{-1} = R\,C^{-1} R^T$ with the circulant matrix $C$ of
$2n-1$ rows a level whose block $R\,C R^T$ is $A$. With one level and a smooth positive generating function the preconditioned eigenvalues
cluster at 1, and conjugate gradients converge superlinearly; with several levels all but $O(n^{d-1})$ of the $n^d$ do. Of a symmetric
matrix the moduli of the eigenvalues of $C$ are taken, so that the preconditioner is definite.)")
        .source(
            "G. Strang, A proposal for Toeplitz matrix calculations, Stud. Appl. Math. 74 (1986) 171-176; T. Chan, An optimal circulant "
            "preconditioner for Toeplitz systems, SIAM J. Sci. Stat. Comput. 9 (1988) 766-771; R. Chan, K.-P. Ng, Toeplitz preconditioners "
            "for Hermitian Toeplitz systems, Linear Algebra Appl. 190 (1993) 181-208; R. Chan, M. Ng, Conjugate gradient methods for "
            "Toeplitz systems, SIAM Rev. 38 (1996) 427-482")
        .example("[solver]\ntype = \"defcg\"\npreconditioner = { type = \"circulant\", circulant = \"strang\" }\n")
        .capabilities({"symmetric", "nonsymmetric", "toeplitz"})
        .factory([](const CirculantParameters& p) { return std::make_unique<Circulant>(p); });

}  // namespace
}  // namespace kindred
