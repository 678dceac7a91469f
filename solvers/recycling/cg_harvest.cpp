#include <kindred/solvers/recycling/cg_harvest.hpp>

#include <utility>

#include <kindred/solvers/recycling/symmetric_ritz.hpp>

namespace kindred::recycling {

PetscErrorCode CgHarvest::begin(const Block* space, const Block* images, const Eigen::MatrixXd& space_gram, PetscInt recycle,
                                PetscInt window, bool first_window_only) {
  PetscFunctionBegin;
  collecting_ = true;
  first_only_ = first_window_only;
  has_candidate_ = false;
  recycle_ = recycle;
  space_ = space;
  images_ = images;
  gram_ = space_gram;
  directions_.resize(space->rows(), window);
  direction_images_.resize(space->rows(), window);
  preconditioned_.resize(space->rows(), window + 1);
  projections_.resize(space->cols(), window + 1);
  window_.start(window, 0.0);
  PetscFunctionReturn(success);
}

PetscErrorCode CgHarvest::start_window(Vec z, double rho, const Eigen::VectorXd& mu) {
  PetscFunctionBegin;
  window_.start(directions_.cols(), rho);
  projections_.col(0) = mu;
  PetscCall(store(z, &preconditioned_, 0));
  PetscFunctionReturn(success);
}

PetscErrorCode CgHarvest::store_direction(Vec p, Vec q) {
  PetscFunctionBegin;
  PetscCall(store(p, &directions_, window_.steps()));
  PetscCall(store(q, &direction_images_, window_.steps()));
  PetscFunctionReturn(success);
}

PetscErrorCode CgHarvest::store_step(double alpha, double curvature, Vec z, double rho, const Eigen::VectorXd& mu) {
  PetscFunctionBegin;
  window_.record(alpha, curvature, rho);
  projections_.col(window_.steps()) = mu;
  PetscCall(store(z, &preconditioned_, window_.steps()));
  if (window_.full()) {
    PetscCall(close_window(PetscObjectComm(reinterpret_cast<PetscObject>(z))));
    if (collecting_) {
      PetscCall(start_window(z, rho, mu));
    }
  }
  PetscFunctionReturn(success);
}

PetscErrorCode CgHarvest::window_projections(MPI_Comm comm, Eigen::MatrixXd* projections, Eigen::MatrixXd* conjugacy) {
  PetscFunctionBegin;
  const Eigen::Index steps = window_.steps();
  if (!has_candidate_) {
    *projections = projections_.leftCols(steps + 1);
    conjugacy->setZero(space_->cols(), steps);
    PetscFunctionReturn(success);
  }
  Eigen::MatrixXd both(candidate_.cols(), 2 * steps + 1);
  both.leftCols(steps + 1).noalias() = candidate_images_.view().transpose() * preconditioned_.first(steps + 1);
  both.rightCols(steps).noalias() = candidate_images_.view().transpose() * directions_.first(steps);
  PetscCall(sum_over_processes(comm, both.data(), both.size()));
  *projections = both.leftCols(steps + 1);
  *conjugacy = both.rightCols(steps);
  PetscFunctionReturn(success);
}

PetscErrorCode CgHarvest::close_window(MPI_Comm comm) {
  PetscFunctionBegin;
  const Eigen::Index steps = window_.steps();
  if (!collecting_ || steps == 0) {
    PetscFunctionReturn(success);
  }
  Eigen::MatrixXd projections;
  Eigen::MatrixXd conjugacy;
  PetscCall(window_projections(comm, &projections, &conjugacy));
  const Selection best = smallest_of_pencil(window_.preconditioned_gram(gram_, projections), window_.energy_gram(conjugacy), recycle_);
  const Eigen::VectorXd scaling = window_.scaling();
  collecting_ = !first_only_;
  window_.start(directions_.cols(), 0.0);
  if (best.values.size() == 0) {
    PetscFunctionReturn(success);
  }
  if (!has_candidate_) {
    candidate_.assign(*space_, recycle_);
    candidate_images_.assign(*images_, recycle_);
  }
  Eigen::MatrixXd coefficients = best.coefficients;
  coefficients.bottomRows(steps) = scaling.asDiagonal() * best.coefficients.bottomRows(steps);
  candidate_.combine(directions_, steps, coefficients);
  candidate_images_.combine(direction_images_, steps, coefficients);
  gram_ = best.values.asDiagonal();
  has_candidate_ = true;
  PetscFunctionReturn(success);
}

bool CgHarvest::take(Block* space, Block* images) {
  collecting_ = false;
  if (!has_candidate_) {
    return false;
  }
  std::swap(*space, candidate_);
  std::swap(*images, candidate_images_);
  has_candidate_ = false;
  return true;
}

}  // namespace kindred::recycling
