#include <algorithm>
#include <complex>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <kindred/operators/toeplitz/circulant_operator.hpp>
#include <kindred/solvers/family/petsc_callback.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>

namespace kindred {
namespace {

constexpr const char* type_names[] = {"optimal", "strang", "embedding", "CirculantType", "", nullptr};  // in CirculantType's order

struct CirculantContext {
  CirculantType type = CirculantType::optimal;
  std::shared_ptr<const MatrixFreeOperator> inverse;
  double least = 0.0;  ///< modulus of an eigenvalue of the circulant matrix, before a floor was put under it
  double largest = 0.0;
};

CirculantContext& context(PC pc) { return *static_cast<CirculantContext*>(pc->data); }
MPI_Comm communicator_of(PC pc) { return PetscObjectComm(reinterpret_cast<PetscObject>(pc)); }

std::shared_ptr<const ToeplitzOperator> toeplitz_of(Mat matrix) {
  auto found = std::dynamic_pointer_cast<const ToeplitzOperator>(matrix_free_operator(matrix));
  if (!found) {
    throw InputError(
        fmt::format("pc_type circulant approximates Toeplitz matrices (kindred::toeplitz_matrix, the problems "
                    "covariance_system and convolution_equation), and this one, of PETSc's type {}, is none: use jacobi",
                    reinterpret_cast<PetscObject>(matrix)->type_name));
  }
  return found;
}

CirculantSpectrum spectrum_of(const ToeplitzOperator& a, CirculantType type) {
  switch (type) {
    case CirculantType::strang:
      return circulant_spectrum(a.extents(), strang_circulant(a));
    case CirculantType::embedding: {
      std::vector<Index> extents;
      for (const Index n : a.extents()) {
        extents.push_back(2 * n - 1);
      }
      return circulant_spectrum(std::move(extents), embedding_circulant(a));
    }
    case CirculantType::optimal:
      break;
  }
  return circulant_spectrum(a.extents(), optimal_circulant(a));
}

/// Replaces the eigenvalues by their reciprocals; those of a symmetric matrix by reciprocals of their moduli, none below the rounding of
/// the largest, so that the preconditioner is definite.
/// @throws UnsuitableMatrix for a matrix that is not symmetric and singular
void invert(CirculantSpectrum& spectrum, bool symmetric, CirculantContext& pc) {
  auto& all = spectrum.eigenvalues;
  const auto smaller = [](const auto& a, const auto& b) { return std::abs(a) < std::abs(b); };
  const auto [least, largest] = std::ranges::minmax_element(all, smaller);
  pc.least = std::abs(*least);
  pc.largest = std::abs(*largest);
  const double floor = pc.largest * static_cast<double>(all.size()) * std::numeric_limits<double>::epsilon();
  if (!(floor > 0.0) || (!symmetric && pc.least <= floor)) {
    throw petsc::UnsuitableMatrix(PC_FACTOR_NUMERIC_ZEROPIVOT,
                                  fmt::format("pc_type circulant: the circulant matrix of type {} is singular: its eigenvalues reach from "
                                              "{:.3g} to {:.3g} in modulus. Use another type, or jacobi",
                                              type_names[static_cast<int>(pc.type)], pc.least, pc.largest));
  }
  for (auto& value : all) {
    value = symmetric ? 1.0 / std::max(std::abs(value), floor) : 1.0 / value;
  }
}

/// Column of the embedding's inverse to the taps of its leading block: c_k → t_k, c_{−k} → t_{−k}.
std::vector<double> block_taps(const ToeplitzOperator& a, const std::vector<double>& column) {
  return toeplitz_taps(a.extents(), [&](const ToeplitzOperator::Lag& lag) {
    Index place = 0;
    for (std::size_t level = 0; level < a.extents().size(); ++level) {
      const Index n = 2 * a.extents()[level] - 1;
      place = place * n + (lag[level] < 0 ? lag[level] + n : lag[level]);
    }
    return column[static_cast<std::size_t>(place)];
  });
}

void set_up(PC pc) {
  CirculantContext& circulant = context(pc);
  circulant.inverse.reset();
  const auto a = toeplitz_of(pc->pmat);
  CirculantSpectrum spectrum = spectrum_of(*a, circulant.type);
  invert(spectrum, a->symmetric(), circulant);
  if (circulant.type == CirculantType::embedding) {
    circulant.inverse = std::make_shared<ToeplitzOperator>(a->extents(), block_taps(*a, circulant_column(spectrum)));
  } else {
    circulant.inverse = std::make_shared<CirculantOperator>(std::move(spectrum));
  }
}

PetscErrorCode set_up_callback(PC pc) {
  return petsc::guarded_set_up(pc, "PCSetUp_Circulant", [pc] { set_up(pc); });
}

template <bool transposed>
PetscErrorCode apply(PC pc, Vec b, Vec x) {
  const CirculantContext& circulant = context(pc);
  const PetscScalar* source = nullptr;
  PetscScalar* target = nullptr;
  PetscFunctionBegin;
  if (pc->failedreason != PC_NOERROR) {
    PetscCall(VecSetInf(x));
    PetscFunctionReturn(static_cast<PetscErrorCode>(0));
  }
  PetscCall(VecGetArrayRead(b, &source));
  PetscCall(VecGetArrayWrite(x, &target));
  const PetscErrorCode error = petsc::guarded(communicator_of(pc), "PCApply_Circulant", [&] {
    const auto n = static_cast<std::size_t>(circulant.inverse->size());
    if constexpr (transposed) {
      circulant.inverse->apply_transpose({source, n}, {target, n});
    } else {
      circulant.inverse->apply({source, n}, {target, n});
    }
  });
  PetscCall(VecRestoreArrayWrite(x, &target));
  PetscCall(VecRestoreArrayRead(b, &source));
  PetscFunctionReturn(error);
}

PetscErrorCode set_from_options(PC pc, PetscOptionItems* PetscOptionsObject) {
  auto type = static_cast<PetscEnum>(context(pc).type);
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "circulant approximation of a Toeplitz matrix");
  PetscCall(PetscOptionsEnum("-pc_circulant_type", "which circulant matrix", "PCCirculantSetType", type_names, type, &type, nullptr));
  PetscOptionsHeadEnd();
  context(pc).type = static_cast<CirculantType>(type);
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode view(PC pc, PetscViewer viewer) {
  const CirculantContext& circulant = context(pc);
  PetscFunctionBegin;
  PetscCall(PetscViewerASCIIPrintf(viewer, "  type %s\n", type_names[static_cast<int>(circulant.type)]));
  if (circulant.inverse) {
    PetscCall(PetscViewerASCIIPrintf(viewer, "  moduli of the eigenvalues from %g to %g\n", circulant.least, circulant.largest));
  }
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode reset(PC pc) {
  PetscFunctionBegin;
  context(pc).inverse.reset();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode destroy(PC pc) {
  PetscFunctionBegin;
  delete static_cast<CirculantContext*>(pc->data);
  pc->data = nullptr;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace

PetscErrorCode PCCirculantSetType(PC pc, CirculantType type) {
  PetscBool right = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), "circulant", &right));
  PetscCheck(right, communicator_of(pc), PETSC_ERR_ARG_WRONG, "the preconditioner is not of type circulant: PCSetType first");
  context(pc).type = type;
  pc->setupcalled = 0;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace kindred

/// -pc_type circulant: z = C⁻¹ r with a circulant matrix C near the Toeplitz matrix, by two fast transforms (R. Chan, M. Ng, Conjugate
/// gradient methods for Toeplitz systems, SIAM Rev. 38 (1996) 427-482).
PetscErrorCode PCCreate_Circulant(PC pc) {
  PetscFunctionBegin;
  pc->data = new kindred::CirculantContext;
  pc->ops->setup = kindred::set_up_callback;
  pc->ops->apply = kindred::apply<false>;
  pc->ops->applytranspose = kindred::apply<true>;
  pc->ops->setfromoptions = kindred::set_from_options;
  pc->ops->view = kindred::view;
  pc->ops->reset = kindred::reset;
  pc->ops->destroy = kindred::destroy;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}
