// kindred convolve: convolutions of HDF5 arrays of any size with a kernel, or with one each.

#include <map>

#include <kindred/apps/verbs/convolve/convolution.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::app {

void add_convolve(CLI::App& app, Context& context) {
  using fftconv::Method;
  using fftconv::Mode;
  static const std::map<std::string, Mode> modes = {
      {"full", Mode::full}, {"same", Mode::same}, {"valid", Mode::valid}, {"causal", Mode::causal}, {"periodic", Mode::periodic}};
  static const std::map<std::string, Method> methods = {
      {"auto", Method::automatic}, {"direct", Method::direct}, {"overlap_save", Method::overlap_save},
      {"fft", Method::fft},        {"hybrid", Method::hybrid}, {"fftw", Method::fftw}};
  const auto options = std::make_shared<convolve::Options>();
  const auto threads = std::make_shared<int>(0);
  CLI::App& verb = add_verb(app, "convolve", "Convolve HDF5 arrays of any size with a kernel", group_compute,
                            "kindred convolve in.h5 kernel.h5 out.h5 --mode same --axes 1,2");
  verb.add_option("input", options->input, "An HDF5 file with the data")->required()->type_name("IN");
  verb.add_option("kernel", options->kernel, "An HDF5 file with the kernel; may be the same")->required()->type_name("KERNEL");
  verb.add_option("output", options->output, "The HDF5 file to be made")->required()->type_name("OUT");
  verb.add_option("--mode", options->mode, "full (default), same, valid, causal or periodic")
      ->transform(CLI::CheckedTransformer(modes).description(""))
      ->type_name("MODE");
  verb.add_option("--axes", options->axes, "Axes of the data to convolve, 1 to 3 (default: the last ones, as many as the kernel has)")
      ->delimiter(',')
      ->type_name("A,B,…");
  verb.add_option("--dataset", options->dataset, "The data, and their convolution in OUT (default: data)")->type_name("NAME");
  verb.add_option("--kernel-dataset", options->kernel_dataset, "The kernel (default: kernel, or data where there is none)")
      ->type_name("NAME");
  verb.add_option("--memory", options->memory, "For arrays and work, such as 512MB (default: 1GiB); the file may be larger")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--method", options->method, "auto (default), direct, overlap_save, fft, hybrid or fftw")
      ->transform(CLI::CheckedTransformer(methods).description(""))
      ->type_name("METHOD");
  verb.add_option("--threads", *threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.callback([options, threads, &context] {
    require_one_process("convolve");
    options->threads = *threads > 0 ? *threads : available_cores();
    interruptible(context, [&] { convolve::convolve(*options, context); });
  });
}

}  // namespace kindred::app
