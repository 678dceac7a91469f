#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <kindred/solvers/linear/preconditioner.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

/// What the solvers that recycle have in common.
struct RecyclingParameters {
  Value preconditioner = Value("auto");
  double rtol = 1e-8;
  double atol = 0.0;
  int max_iterations = 10'000;
  std::string load;
  std::string save;

  template <class P>
  static Schema<P> common_schema() {
    return {
        parameter<P, Value>("preconditioner", &P::preconditioner)
            .plugin("preconditioner")
            .doc("Recycling pays where no preconditioner brings the iterations below some 30."),
        parameter<P, double>("rtol", &P::rtol).above(0.0).below(1.0).doc("Relative residual to reach: ‖b − A x‖ ≤ rtol ‖b‖, the true one."),
        parameter<P, double>("atol", &P::atol).at_least(0.0).doc("Absolute residual ‖b − A x‖ that is small enough in any case."),
        parameter<P, int>("max_iterations", &P::max_iterations).range(1, 1e8).doc("Iterations after which a solve counts as failed."),
    };
  }
  template <class P>
  static Schema<P> file_schema() {
    return {
        parameter<P, std::string>("load", &P::load)
            .input_file()
            .doc("File with a recycle space to start from; empty: none. A space of another size is refused."),
        parameter<P, std::string>("save", &P::save)
            .runtime()
            .doc("File that the recycle space is written to at the end; empty: none. Of several workers the last one to end writes it."),
    };
  }

  [[nodiscard]] KspSettings settings(const char* ksp_type) const {
    KspSettings s;
    s.ksp_type = ksp_type;
    s.rtol = rtol;
    s.atol = atol;
    s.max_iterations = max_iterations;
    set(s, "load", load);
    set(s, "save", save);
    return s;
  }
  /// Sets -ksp_<type>_<name>, unless the value is empty.
  static void set(KspSettings& s, const std::string& name, const std::string& value) {
    if (!value.empty()) {
      s.defaults[fmt::format("ksp_{}_{}", s.ksp_type, name)] = value;
    }
  }
};

template <class P>
Schema<P> joined(Schema<P> first, const Schema<P>& second, const Schema<P>& third) {
  first.insert(first.end(), second.begin(), second.end());
  first.insert(first.end(), third.begin(), third.end());
  return first;
}

template <class P>
Schema<P> gmres_schema() {
  return {
      parameter<P, int>("restart", &P::restart).range(1, 10'000).doc("Dimension m of recycle space and Krylov space together."),
      parameter<P, std::optional<int>>("recycle", &P::recycle)
          .range(0, 9'999)
          .doc("Largest dimension k of the recycle space, less than restart; absent: 20, at most half of restart. 0: GMRES(m)."),
      parameter<P, std::string>("orthogonalization", &P::orthogonalization)
          .choices({"cgs2", "mgs"})
          .doc("Gram-Schmidt: classical, twice (two reductions a step), or modified."),
      parameter<P, bool>("flexible", &P::flexible)
          .doc("Store the preconditioned directions: m vectors more, better recycle spaces, and the preconditioner may change."),
  };
}

struct GmresDrParameters : RecyclingParameters {
  int restart = 40;
  std::optional<int> recycle;
  std::string orthogonalization = "cgs2";
  bool flexible = true;

  static Schema<GmresDrParameters> schema() { return joined(common_schema<GmresDrParameters>(), gmres_schema<GmresDrParameters>(), {}); }
  void check(const Value& table, Diagnostics& diagnostics) const {
    if (recycle && *recycle >= restart) {
      const Member* member = table.find_member("recycle");
      diagnostics.error(member != nullptr ? member->key_location : table.location,
                        fmt::format("recycle is {}, but it must be less than restart, which is {} and counts recycled and new directions "
                                    "together",
                                    *recycle, restart),
                        fmt::format("half of restart, {}, is a good choice", restart / 2));
    }
  }
  [[nodiscard]] KspSettings ksp(const char* type) const {
    KspSettings s = settings(type);
    set(s, "restart", std::to_string(restart));
    set(s, "recycle", recycle ? std::to_string(*recycle) : "");
    set(s, "orthogonalization", orthogonalization);
    set(s, "flexible", flexible ? "1" : "0");
    return s;
  }
  void require_suitable(const LinearSystem& /*system*/) const {}
};

struct GcroDrParameters : GmresDrParameters {
  std::string refresh = "adaptive";
  bool adaptive_recycle = false;

  static Schema<GcroDrParameters> schema() {
    using P = GcroDrParameters;
    Schema<P> own = gmres_schema<P>();
    own.push_back(parameter("refresh", &P::refresh)
                      .choices({"every", "once", "adaptive", "never"})
                      .doc("When the space is computed anew: every cycle, once a system, every cycle except for systems that the present "
                           "space serves well, or never."));
    own.push_back(parameter("adaptive_recycle", &P::adaptive_recycle)
                      .doc("Drop vectors that hardly deflate: |θ| above a tenth of the median over the cycle."));
    return joined(common_schema<P>(), own, file_schema<P>());
  }
  [[nodiscard]] KspSettings ksp(const char* type) const {
    KspSettings s = GmresDrParameters::ksp(type);
    set(s, "refresh", refresh);
    set(s, "adaptive_recycle", adaptive_recycle ? "1" : "0");
    return s;
  }
};

/// Parameters of both methods for symmetric systems.
struct SymmetricParameters : RecyclingParameters {
  int recycle = 20;
  int window = 40;
  std::string refresh = "adaptive";

  template <class P>
  static Schema<P> symmetric_schema() {
    const Schema<P> own{
        parameter<P, int>("recycle", &P::recycle).range(0, 10'000).doc("Dimension k of the recycle space. 0: the plain method."),
        parameter<P, int>("window", &P::window).range(1, 10'000).doc("Directions looked at together when the space is harvested."),
        parameter<P, std::string>("refresh", &P::refresh)
            .choices({"always", "adaptive"})
            .doc("Harvest during every solve, or only while the iteration counts still fall."),
    };
    return joined(common_schema<P>(), own, file_schema<P>());
  }
  [[nodiscard]] KspSettings ksp(const char* type) const {
    KspSettings s = settings(type);
    set(s, "recycle", std::to_string(recycle));
    set(s, "window", std::to_string(window));
    set(s, "refresh", refresh);
    return s;
  }
};

struct DefCgParameters : SymmetricParameters {
  static Schema<DefCgParameters> schema() { return symmetric_schema<DefCgParameters>(); }
  void require_suitable(const LinearSystem& system) const {
    if (!system.symmetric || !system.positive_definite) {
      throw InputError(
          "[solver] type = \"defcg\" is for symmetric positive definite systems, and this one is not: use rminres for "
          "symmetric ones, gcrodr for all others");
    }
  }
};

struct RMinresParameters : SymmetricParameters {
  static Schema<RMinresParameters> schema() { return symmetric_schema<RMinresParameters>(); }
  void require_suitable(const LinearSystem& system) const {
    if (!system.symmetric) {
      throw InputError("[solver] type = \"rminres\" is for symmetric systems, and this one is not: use gcrodr");
    }
  }
};

/// One of the PETSc methods of this folder, behind the deck's parameters.
template <class Parameters>
class RecyclingSolver final : public Solver {
 public:
  RecyclingSolver(const char* ksp_type, Parameters p)
      : ksp_type_(ksp_type), parameters_(std::move(p)), preconditioner_(create<Preconditioner>(parameters_.preconditioner)) {}

  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& /*state*/) override {
    return engine_.solve(system, solution, [this](const LinearSystem& s, double entries) { return settings(s, entries); });
  }
  [[nodiscard]] std::vector<std::string> unused_options() const override { return engine_.unused_options(); }
  [[nodiscard]] double tolerance() const override { return parameters_.rtol; }
  [[nodiscard]] double absolute_tolerance() const override { return parameters_.atol; }
  [[nodiscard]] std::string describe() const override { return fmt::format("{}, rtol {:g}", engine_.describe(), parameters_.rtol); }

 private:
  [[nodiscard]] KspSettings settings(const LinearSystem& system, double entries_per_row) const {
    parameters_.require_suitable(system);
    KspSettings s = parameters_.ksp(ksp_type_);
    PreconditionerChoice choice = preconditioner_->choose(system, entries_per_row);
    s.pc_type = choice.pc_type;
    s.options.merge(choice.options);
    return s;
  }

  const char* ksp_type_;
  Parameters parameters_;
  std::unique_ptr<Preconditioner> preconditioner_;
  KspEngine engine_;
};

template <class Parameters>
auto make(const char* ksp_type) {
  return [ksp_type](const Parameters& p) { return std::make_unique<RecyclingSolver<Parameters>>(ksp_type, p); };
}

const Registration gcrodr =
    plugin<Solver, GcroDrParameters>("gcrodr")
        .summary("GMRES whose deflation space is carried from one system to the next (GCRO-DR)")
        .doc(R"($$A\,[U\;Z] = [C\;V]\begin{pmatrix} I & B \\ 0 & \bar H\end{pmatrix},\qquad A U = C,\quad C^T C = I$$

For any regular matrix. k harmonic Ritz vectors U deflate the system; m − k new directions follow, and from both together the
next U is taken, after each cycle and for the next system. A new matrix costs k applications to begin with. The preconditioner works from
the right and may change between systems. Where nothing better than some hundred iterations is to be had (indefinite and
nonsymmetric systems, three dimensions, no matrix to factor) it saves about half of the applications of restarted deflated GMRES. For
symmetric definite families see `family` first. A solution depends, within the tolerance, on the systems solved before.)")
        .source(
            "M. Parks, E. de Sturler, G. Mackey, D. Johnson, S. Maiti, SIAM J. Sci. Comput. 28 (2006) 1651-1674; L. Carvalho, S. Gratton, "
            "R. "
            "Lago, X. Vasseur, SIAM J. Matrix Anal. Appl. 32 (2011) 1212-1235")
        .example("[solver]\ntype = \"gcrodr\"\nrestart = 40\nrecycle = 20\npreconditioner = { type = \"petsc\", pc_type = \"ilu\" }\n")
        .capabilities({"symmetric", "nonsymmetric", "singular", "recycling"})
        .factory(make<GcroDrParameters>("gcrodr"));

const Registration gmresdr = plugin<Solver, GmresDrParameters>("gmresdr")
                                 .summary("GMRES with deflated restarting, nothing carried over (GMRES-DR)")
                                 .doc(R"($$x_i \in x_0 + \mathrm{span}(U) \oplus \mathcal K_{m-k}$$

`gcrodr` that starts every system from nothing: the restart keeps k harmonic Ritz vectors of the cycle before. What recycling is to be
measured against. With guess zero a solution is a function of its system alone.)")
                                 .source("R. Morgan, GMRES with deflated restarting, SIAM J. Sci. Comput. 24 (2002) 20-37")
                                 .example("[solver]\ntype = \"gmresdr\"\nrestart = 40\n")
                                 .capabilities({"symmetric", "nonsymmetric", "singular"})
                                 .factory(make<GmresDrParameters>("gmresdr"));

const Registration defcg =
    plugin<Solver, DefCgParameters>("defcg")
        .summary("Conjugate gradients deflated by a space carried from one system to the next")
        .doc(R"($$p_{j+1} = z_{j+1} - W\mu_{j+1} + \beta_j p_j,\qquad \mu = (A W)^T z,\quad W^T A W = I$$

For symmetric positive definite matrices. The space W holds approximate eigenvectors of $M^{-1}A$ of the smallest eigenvalues, harvested
from windows of search directions while the systems are solved. Each iteration reads W and A W in addition: with a cheap stencil
fewer iterations take longer, and the method pays where one application of operator and preconditioner costs as much as some five sparse
products.)")
        .source(
            "Y. Saad, M. Yeung, J. Erhel, F. Guyomarc'h, A deflated version of the conjugate gradient algorithm, SIAM J. Sci. Comput. 21 "
            "(2000) 1909-1926")
        .example("[solver]\ntype = \"defcg\"\nrecycle = 20\npreconditioner = { type = \"petsc\", pc_type = \"icc\" }\n")
        .capabilities({"symmetric", "recycling"})
        .factory(make<DefCgParameters>("defcg"));

const Registration rminres =
    plugin<Solver, RMinresParameters>("rminres")
        .summary("MINRES with a recycle space, for symmetric indefinite systems")
        .doc(R"($$(I - C C^T) A V_j = V_{j+1}\,T_j,\qquad A U = C,\quad C^T C = I$$

The Lanczos process of MINRES, kept orthogonal to C: short recurrences, one projection a step, and U is touched once, at the end. The
preconditioner must be symmetric positive definite.)")
        .source(
            "S. Wang, E. de Sturler, G. Paulino, Large-scale topology optimization using preconditioned Krylov subspace methods with "
            "recycling, Int. J. Numer. Meth. Engng 69 (2007) 2441-2468")
        .example("[solver]\ntype = \"rminres\"\nrecycle = 20\n")
        .capabilities({"symmetric", "recycling"})
        .factory(make<RMinresParameters>("rminres"));

}  // namespace
}  // namespace kindred
