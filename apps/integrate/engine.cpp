#include <kindred/apps/integrate/engine.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/integrate/pooled_integrand.hpp>
#include <kindred/apps/integrate/step_progress.hpp>
#include <kindred/core/base/clock.hpp>

namespace kindred::app {
namespace {

/// One run: the record, the workers, and when to write the one and stop the others.
class Run {
 public:
  Run(const Study& study, const IntegrateOptions& options)
      : study_(study),
        options_(options),
        goal_(study.goal()),
        record_(options.checkpoint, study.identity(), study.plan().outputs().size(), study.levels().size()),
        deadline_(options.time_limit, options.grace),
        signals_(static_cast<unsigned>(options.grace)),
        progress_(goal_.tolerance, options.quiet) {
    report_.recorded = record_.loaded();
    if (report_.recorded > 0) {
      spdlog::info("{}: {} evaluations of earlier runs", record_.path().string(), report_.recorded);
    }
  }

  IntegrateReport integrate() {
    guarded([&] { run_rule(); });
    guarded([&] { record_.save(options_.command_line); });
    report_.effort = record_.effort();
    report_.seconds = seconds_since(start_);
    return report_;
  }

 private:
  void run_rule() {
    WorkerPool pool(study_, options_.workers, static_cast<std::size_t>(study_.parameters().chunk), options_.allow_unused_petsc);
    PooledIntegrand integrand(
        study_, pool, record_, [&] { return stopping(); }, [&] { tick(); });
    integrand_ = &integrand;
    goal_.observer = [&](const qmc::Estimate& so_far) {
      progress_.step(so_far, integrand.evaluated());
      static_cast<qmc::Estimate&>(report_.estimate) = so_far;
      return !stopping();
    };
    try {
      report_.estimate = study_.rule().integrate(integrand, goal_);
      report_.finished = report_.estimate.outcome != qmc::Outcome::stopped;
      if (!report_.finished) {
        report_.code = ExitCode::interrupted;
      }
    } catch (const Interruption&) {
      report_.code = ExitCode::interrupted;
    } catch (...) {
      report_.evaluated = integrand.evaluated();
      throw;
    }
    report_.evaluated = integrand.evaluated();
  }

  [[nodiscard]] bool stopping() const { return SignalScope::received() != 0 || deadline_.passed(); }

  /// Writing takes at most a twentieth of the time, however large the record has become.
  void tick() {
    progress_.update(integrand_->evaluated());
    if (seconds_since(last_save_) < std::max(options_.commit_interval, 20.0 * seconds_to_save_)) {
      return;
    }
    const auto begin = Clock::now();
    record_.save(options_.command_line);
    last_save_ = Clock::now();
    seconds_to_save_ = std::chrono::duration<double>(last_save_ - begin).count();
  }

  /// Turns an exception into a result, so that the record is written whatever happened.
  template <class Action>
  void guarded(Action action) {
    try {
      action();
    } catch (const InputError& error) {
      fail(ExitCode::usage, error.what());
    } catch (const IoError& error) {
      fail(ExitCode::io, error.what());
    } catch (const std::exception& error) {
      fail(ExitCode::failure, error.what());
    }
  }

  void fail(ExitCode code, const std::string& message) {
    report_.code = code;
    report_.message = message;
  }

  const Study& study_;
  const IntegrateOptions& options_;
  qmc::Goal goal_;
  Record record_;
  Deadline deadline_;
  SignalScope signals_;
  StepProgress progress_;
  PooledIntegrand* integrand_ = nullptr;
  IntegrateReport report_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_save_ = start_;
  double seconds_to_save_ = 0.0;
};

}  // namespace

IntegrateReport integrate(const Study& study, const IntegrateOptions& options) { return Run(study, options).integrate(); }

}  // namespace kindred::app
