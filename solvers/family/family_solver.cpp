#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/solvers/family/classify.hpp>
#include <kindred/solvers/family/poisson_cg.hpp>
#include <kindred/solvers/family/superposition.hpp>
#include <kindred/solvers/linear/petsc_solver.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

namespace kindred {
namespace {

struct FamilyParameters {
  double rtol = 1e-8;
  int max_iterations = 10'000;
  bool deterministic = false;
  int pilot = 3;
  int most_iterations = 60;
  int superposition = 16;

  static Schema<FamilyParameters> schema() {
    using P = FamilyParameters;
    return {
        parameter("rtol", &P::rtol).above(0.0).below(1.0).doc("Relative residual to reach: ‖b − A x‖ ≤ rtol ‖b‖, the true one."),
        parameter("max_iterations", &P::max_iterations).range(1, 1e8).doc("Iterations after which a solve counts as failed."),
        parameter("deterministic", &P::deterministic)
            .doc("true: the method is chosen from each system alone, and nothing is superposed: with guess zero a solution is a "
                 "function of its system, bit for bit. false: what the first systems of a chain showed decides for the later ones."),
        parameter("pilot", &P::pilot)
            .range(1, 100)
            .doc("Systems that are solved with both preconditioners at the start, to choose one; not used if deterministic."),
        parameter("most_iterations", &P::most_iterations)
            .range(1, 1e8)
            .doc("If the pilot's systems take more iterations on average, the family is left to the solver `auto`; not used if "
                 "deterministic."),
        parameter("superposition", &P::superposition)
            .range(0, 1000)
            .doc("Dimensions of the right-hand sides' span up to which solutions of an unchanged matrix are superposed; 0: never. No more "
                 "than 8 where a fast transform solves the system at once, which then is as fast."),
    };
  }
};

enum class Method { dst, scaled_dst, other };

double norm(const std::vector<double>& v) { return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0)); }

/// Diffusion on a grid, which fast Poisson solvers precondition.
const StencilOperator* diffusion_stencil(const LinearSystem& system) {
  return system.symmetric && system.positive_definite ? dynamic_cast<const StencilOperator*>(system.matrix.get()) : nullptr;
}

class FamilySolver final : public Solver {
 public:
  explicit FamilySolver(const FamilyParameters& p) : parameters_(p), solutions_(p.superposition) {
    Value table{Table{}};
    table.set("type", "auto");
    table.set("rtol", p.rtol);
    table.set("max_iterations", static_cast<std::int64_t>(p.max_iterations));
    other_ = create<Solver>(table);
  }

  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& state) override {
    if (parameters_.deterministic) {
      return solve_alone(system, solution, state);
    }
    const std::uint64_t fingerprint = system.matrix->fingerprint();
    const bool same_matrix = fingerprint_ == fingerprint;
    if (!same_matrix) {
      solutions_.clear();
      outgrown_ = false;
    }
    fingerprint_ = fingerprint;
    if (same_matrix && !outgrown_) {
      if (const auto superposed = superpose(system, solution)) {
        return *superposed;
      }
    }
    const bool factor = same_matrix && !solves_at_once_ && has_entries(*system.matrix);
    SolveReport report = factor ? factored(system, solution) : by_pilot(system, solution, state);
    if (report.converged && parameters_.superposition > 0) {
      keep(system, solution, report.residual_norm);
    }
    return report;
  }

  [[nodiscard]] double tolerance() const override { return parameters_.rtol; }
  [[nodiscard]] std::string describe() const override { return fmt::format("family: {}, rtol {:g}", used_, parameters_.rtol); }

 private:
  SolveReport run(Method method, const LinearSystem& system, std::span<double> solution, SequenceState& state) {
    if (method == Method::other) {
      SolveReport report = other_->solve(system, solution, state);
      used_ = other_->describe();
      return report;
    }
    const bool scaled = method == Method::scaled_dst;
    used_ = scaled ? "cg + scaled_dst" : "cg + dst";
    const StencilOperator& stencil = *diffusion_stencil(system);
    PoissonCg::Settings settings;
    settings.scaled = scaled;
    settings.precision = facts_.constant ? Precision::full : Precision::single;  // which then solves the system at once
    settings.rtol = parameters_.rtol;
    settings.max_iterations = parameters_.max_iterations;
    return (scaled ? scaled_dst_ : dst_).solve(system, stencil, solution, settings);
  }

  /// True if fast Poisson solvers may precondition the system; `facts_` are its facts then.
  bool looks_like_diffusion(const LinearSystem& system) {
    const StencilOperator* stencil = diffusion_stencil(system);
    if (stencil == nullptr || !PoissonCg::knows(*stencil)) {
      return false;
    }
    facts_ = stencil_facts(*stencil);
    return facts_.negative_couplings;
  }

  /// The choice is a function of the system; what does not converge is solved again from the same guess.
  SolveReport solve_alone(const LinearSystem& system, std::span<double> solution, SequenceState& state) {
    Method method = Method::other;
    if (looks_like_diffusion(system)) {
      method = facts_.constant || facts_.jumps() ? Method::dst : Method::scaled_dst;
    }
    return with_fallback(method, system, solution, state);
  }

  SolveReport with_fallback(Method method, const LinearSystem& system, std::span<double> solution, SequenceState& state) {
    const std::vector<double> guess(solution.begin(), solution.end());
    SolveReport report = run(method, system, solution, state);
    if (!report.converged && method != Method::other) {
      std::ranges::copy(guess, solution.begin());
      report = add_work(run(Method::other, system, solution, state), report);
    }
    return report;
  }

  /// The work of two solves, the outcome of the first.
  static SolveReport add_work(SolveReport report, const SolveReport& spent) {
    report.iterations += spent.iterations;
    report.operator_applications += spent.operator_applications;
    report.preconditioner_applications += spent.preconditioner_applications;
    report.seconds_setup += spent.seconds_setup;
    report.seconds_solve += spent.seconds_solve;
    return report;
  }

  /// The first systems of the chain with both preconditioners, the others with the better one; ties go to the cheaper.
  SolveReport by_pilot(const LinearSystem& system, std::span<double> solution, SequenceState& state) {
    if (!looks_like_diffusion(system)) {
      solves_at_once_ = false;
      return run(Method::other, system, solution, state);
    }
    if (piloted_ >= parameters_.pilot) {
      SolveReport report = with_fallback(chosen_, system, solution, state);
      solves_at_once_ = chosen_ != Method::other && report.iterations <= at_once;
      return report;
    }
    return pilot(system, solution, state);
  }

  SolveReport pilot(const LinearSystem& system, std::span<double> solution, SequenceState& state) {
    const std::vector<double> guess(solution.begin(), solution.end());
    std::vector<double> other = guess;
    const SolveReport scaled = run(Method::scaled_dst, system, other, state);
    const SolveReport plain = run(Method::dst, system, solution, state);
    const auto counted = [this](const SolveReport& r) { return r.converged ? r.iterations : parameters_.max_iterations; };
    plain_iterations_ += counted(plain);
    scaled_iterations_ += counted(scaled);
    ++piloted_;
    const double best = static_cast<double>(std::min(plain_iterations_, scaled_iterations_)) / piloted_;
    chosen_ = best > parameters_.most_iterations       ? Method::other
              : scaled_iterations_ < plain_iterations_ ? Method::scaled_dst
                                                       : Method::dst;
    solves_at_once_ = std::min(counted(plain), counted(scaled)) <= at_once;
    if (plain.converged && counted(plain) <= counted(scaled)) {
      return add_work(plain, scaled);
    }
    if (scaled.converged) {
      std::ranges::copy(other, solution.begin());
      used_ = "cg + scaled_dst";
      return add_work(scaled, plain);
    }
    std::ranges::copy(guess, solution.begin());
    return add_work(add_work(run(Method::other, system, solution, state), plain), scaled);
  }

  /// A matrix that comes again is factored once.
  SolveReport factored(const LinearSystem& system, std::span<double> solution) {
    DirectParameters direct;
    direct.rtol = parameters_.rtol;
    SolveReport report =
        direct_.solve(system, solution, [&](const LinearSystem& s, double /*entries*/) { return direct_settings(direct, s); });
    used_ = fmt::format("factor kept, {}", direct_.describe());
    return report;
  }

  std::optional<SolveReport> superpose(const LinearSystem& system, std::span<double> solution) {
    const auto start = Clock::now();
    std::vector<double> candidate(solution.size());
    if (!solutions_.solve(system.rhs, candidate)) {
      return std::nullopt;
    }
    SolveReport report;
    report.residual_norm = residual_norm(system, candidate);
    if (!(report.residual_norm <= parameters_.rtol * norm(system.rhs))) {
      return std::nullopt;
    }
    std::ranges::copy(candidate, solution.begin());
    report.converged = true;
    report.reason = 1;
    report.reason_text = "SUPERPOSED";
    report.operator_applications = 1;
    report.seconds_solve = seconds_since(start);
    used_ = "superposition of earlier solutions";
    return report;
  }

  /// A solution with a residual just below rtol would spoil later superpositions: only those of a factor or an exact transform count.
  /// @param residual  ‖b − A x‖ as the solver found it
  void keep(const LinearSystem& system, std::span<const double> solution, double residual) {
    constexpr double accurate = 1e-3;  // of the tolerance
    if (outgrown_ || !(residual <= accurate * parameters_.rtol * norm(system.rhs))) {
      return;
    }
    if (solves_at_once_ && solutions_.dimensions() >= pays_beside_transforms) {
      outgrown_ = true;
      solutions_.clear();
    } else {
      solutions_.add(system.rhs, solution);
    }
  }

  static constexpr int at_once = 2;  ///< iterations within which a fast transform counts as a direct solver
  /// Dimensions: superposition reads 4 arrays for each and some 25 besides, the transforms and what goes with them as much as 50 to 90.
  static constexpr Index pays_beside_transforms = 8;

  FamilyParameters parameters_;
  PoissonCg dst_;
  PoissonCg scaled_dst_;
  KspEngine direct_;
  std::unique_ptr<Solver> other_;
  Superposition solutions_;
  std::optional<std::uint64_t> fingerprint_;
  StencilFacts facts_;
  int piloted_ = 0;
  std::int64_t plain_iterations_ = 0;
  std::int64_t scaled_iterations_ = 0;
  Method chosen_ = Method::other;
  bool solves_at_once_ = false;
  bool outgrown_ = false;  ///< right-hand sides span so much that solving this matrix's systems is as fast as superposing
  std::string used_ = "not used yet";
};

const Registration family =
    plugin<Solver, FamilyParameters>("family")
        .summary("For families of elliptic systems: fast Poisson preconditioners, factors kept, superposition; chosen by looking")
        .doc(R"($$M^{-1} = D^{-1/2} P^{-1} D^{-1/2} \quad\text{or}\quad M^{-1} = P^{-1}$$

Looks at the systems as they come.

* Symmetric definite diffusion on a grid: conjugate gradients, preconditioned by a fast solver for constant coefficients $P$
  (`pc_type = "dst"`), or by the same scaled by the diagonal, $D = \mathrm{diag}(A)/\mathrm{diag}(P)$ (`scaled_dst`). The number of
  iterations does not grow with the grid: at most like the root of the contrast for `dst`; for `scaled_dst` it hardly depends on the
  contrast of a smooth coefficient, but suffers from jumps. The first `pilot` systems are solved with both, and the one with fewer
  iterations takes the rest; if both take more than `most_iterations`, the solver `auto` does.
* The same matrix again: factored once; a right-hand side in the span of earlier ones is answered by superposition, checked by the
  residual. Solutions of the fast transform itself (constant coefficients) need no factor, and are superposed up to eight dimensions:
  beyond that the transform is as fast.
* Everything else: as the solver `auto`.

With `deterministic = true` the choice is made from each system alone: `dst` for coefficients that are constant or jump (one step
between neighbouring couplings makes up more than 0.3 of the logarithm of their contrast), else `scaled_dst`; and nothing is factored for
the next system or superposed. With guess zero, a solution is then a function of its system, bit for bit. Otherwise results agree within
the tolerance only.)")
        .source(
            "P. Concus, G. Golub, Use of fast direct methods for the efficient numerical solution of nonseparable elliptic equations, SIAM "
            "J. Numer. Anal. 10 (1973) 1103-1120; R. Hockney, A fast direct solution of Poisson's equation using Fourier analysis, J. ACM "
            "12 (1965) 95-113")
        .example("[solver]\ntype = \"family\"\nrtol = 1.0e-8\n")
        .capabilities({"symmetric", "nonsymmetric", "singular"})
        .factory([](const FamilyParameters& p) { return std::make_unique<FamilySolver>(p); });

}  // namespace
}  // namespace kindred
