#include <kindred/apps/generate/run_section.hpp>

#include <kindred/core/registry/registry.hpp>

namespace kindred::app {

Schema<RunParameters> RunParameters::schema() {
  using P = RunParameters;
  return {
      parameter("workers", &P::workers).doc("Worker processes on this machine; `-j` overrides it.").range(1, 4096).runtime(),
      parameter("time_limit", &P::time_limit).doc("Stop cleanly after this time; 0 means no limit.").unit("s").at_least(0).runtime(),
      parameter("grace", &P::grace)
          .doc("Time that the sample at hand may still take when a signal asks the run to stop; after it the sample is dropped.")
          .unit("s")
          .range(0, 3600)
          .runtime(),
      parameter("chunk", &P::chunk).doc("Consecutive samples that a worker claims at once.").range(1, 1'000'000).runtime(),
      parameter("commit_interval", &P::commit_interval)
          .doc("Finished samples are made safe on the disk this often: the work that a kill or a power cut may cost.")
          .unit("s")
          .range(0, 3600)
          .runtime(),
      parameter("on_failure", &P::on_failure)
          .doc("`redraw`: a sample whose solve failed is drawn anew, and the rejected draw is recorded; `abort`: the run stops.")
          .choices({"redraw", "abort"}),
      parameter("max_failure_rate", &P::max_failure_rate)
          .doc("Redraws allowed in all, as a fraction of the samples (at least one); beyond it the run stops, so that a biased "
               "distribution cannot go unnoticed.")
          .range(0, 1),
  };
}

namespace {

const Registration run_section =
    section<RunParameters>("run")
        .summary("How a run works: workers, limits, failures")
        .doc(
            "Settings of the run itself. Workers, limits, chunk sizes and commits never change the data, so they may differ "
            "when a run is resumed.")
        .example("[run]\nworkers = 4\nmax_failure_rate = 0.001\n");

}  // namespace
}  // namespace kindred::app
