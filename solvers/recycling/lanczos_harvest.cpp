#include <kindred/solvers/recycling/lanczos_harvest.hpp>

#include <utility>

namespace kindred::recycling {

using Eigen::Index;
using Eigen::MatrixXd;

PetscErrorCode LanczosHarvest::begin(MPI_Comm comm, const Deflation& deflation, PetscInt recycle, PetscInt window, bool first_window_only) {
  PetscFunctionBegin;
  collecting_ = true;
  first_only_ = first_window_only;
  has_candidate_ = false;
  recycle_ = recycle;
  deflation_ = deflation;
  lanczos_.resize(deflation.images->rows(), window + 2);
  preconditioned_.resize(deflation.images->rows(), window + 2);
  window_.start(window, deflation.images->cols());
  PetscCall(gram(comm, *deflation.solutions, *deflation.images, &products_));
  PetscFunctionReturn(success);
}

PetscErrorCode LanczosHarvest::start_window(Vec v, Vec u) {
  PetscFunctionBegin;
  window_.start(lanczos_.cols() - 2, deflation_.images->cols());
  lanczos_.storage().view(0, 1).setZero();
  preconditioned_.storage().view(0, 1).setZero();
  PetscCall(store(v, &lanczos_, 1));
  PetscCall(store(u, &preconditioned_, 1));
  PetscFunctionReturn(success);
}

PetscErrorCode LanczosHarvest::store_step(double beta_before, double alpha, double beta, const Eigen::VectorXd& b, Vec v, Vec u) {
  PetscFunctionBegin;
  window_.record(beta_before, alpha, beta, b);
  PetscCall(store(v, &lanczos_, window_.steps() + 1));
  PetscCall(store(u, &preconditioned_, window_.steps() + 1));
  if (window_.full()) {
    PetscCall(close_window(PetscObjectComm(reinterpret_cast<PetscObject>(v))));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode LanczosHarvest::select(MPI_Comm comm, Selection* best) {
  PetscFunctionBegin;
  if (!has_candidate_) {
    *best = window_.select_first(products_, recycle_);
    PetscFunctionReturn(success);
  }
  const Index k = deflation_.images->cols();
  const Index extended = window_.steps() + 2;
  MatrixXd inner(k + extended, candidate_.cols());
  inner.topRows(k).noalias() = deflation_.preconditioned_images->view().transpose() * candidate_images_.view();
  inner.bottomRows(extended).noalias() = preconditioned_.first(extended).transpose() * candidate_images_.view();
  PetscCall(sum_over_processes(comm, inner.data(), inner.size()));
  *best = window_.select(inverse_values_, inner.topRows(k), inner.bottomRows(extended), recycle_);
  PetscFunctionReturn(success);
}

void LanczosHarvest::update_candidate(const Selection& best) {
  const Index steps = window_.steps();
  const Index old = best.coefficients.rows() - steps;
  if (!has_candidate_) {
    candidate_.assign(*deflation_.solutions, recycle_);
    candidate_images_.assign(*deflation_.images, recycle_);
  }
  const MatrixXd from_window = best.coefficients.bottomRows(steps);
  // u_1 … u_p are the columns from 1 on; a zero row stands for u_0.
  MatrixXd coefficients(old + steps + 1, best.coefficients.cols());
  coefficients.topRows(old) = best.coefficients.topRows(old);
  coefficients.row(old).setZero();
  coefficients.bottomRows(steps) = from_window;
  candidate_.combine(preconditioned_, steps + 1, coefficients);
  MatrixXd image_coefficients(old + steps + 2, best.coefficients.cols());
  image_coefficients.topRows(old) = best.coefficients.topRows(old);
  image_coefficients.bottomRows(steps + 2) = window_.tridiagonal() * from_window;
  candidate_images_.combine(lanczos_, steps + 2, image_coefficients);
  candidate_images_.view().noalias() += deflation_.images->view() * (window_.deflated() * from_window);
  inverse_values_ = best.values;
  has_candidate_ = true;
}

/// The last two Lanczos vectors are the first two of the next window.
void LanczosHarvest::carry_over() {
  for (Block* block : {&lanczos_, &preconditioned_}) {
    for (Index j = 0; j < 2; ++j) {
      block->storage().view(j, 1) = block->storage().view(window_.steps() + j, 1).eval();
    }
  }
}

PetscErrorCode LanczosHarvest::close_window(MPI_Comm comm) {
  PetscFunctionBegin;
  if (!collecting_ || window_.steps() == 0) {
    PetscFunctionReturn(success);
  }
  Selection best;
  PetscCall(select(comm, &best));
  if (best.values.size() > 0) {
    update_candidate(best);
  }
  collecting_ = !first_only_;
  carry_over();
  window_.start(lanczos_.cols() - 2, deflation_.images->cols());
  PetscFunctionReturn(success);
}

bool LanczosHarvest::take(Block* solutions, Block* images) {
  collecting_ = false;
  if (!has_candidate_) {
    return false;
  }
  std::swap(*solutions, candidate_);
  std::swap(*images, candidate_images_);
  has_candidate_ = false;
  return true;
}

}  // namespace kindred::recycling
