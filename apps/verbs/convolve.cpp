// kindred convolve: convolutions of HDF5 arrays of any size with a kernel, or with one each.

#include <charconv>
#include <map>

#include <kindred/apps/verbs/convolve/convolution.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::app {
namespace {

using fftconv::Method;
using fftconv::Mode;

const std::map<std::string, Mode> modes = {
    {"full", Mode::full}, {"same", Mode::same}, {"valid", Mode::valid}, {"causal", Mode::causal}, {"periodic", Mode::periodic}};
const std::map<std::string, Method> methods = {
    {"auto", Method::automatic}, {"direct", Method::direct}, {"overlap_save", Method::overlap_save},
    {"fft", Method::fft},        {"hybrid", Method::hybrid}, {"fftw", Method::fftw}};

/// CLI11's own conversion takes an empty word for 0.
CLI::Validator integer() {
  return {[](const std::string& word) {
            int value = 0;
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
            return error == std::errc() && end == word.data() + word.size() ? std::string() : "\"" + word + "\" is no whole number";
          },
          "", "integer"};
}

/// Before AsSizeValue, which takes -1 for 2^64 − 1.
CLI::Validator not_negative() {
  return {[](const std::string& word) { return word.starts_with('-') ? "\"" + word + "\" is no amount of memory" : std::string(); }, "",
          "size"};
}

}  // namespace

void add_convolve(CLI::App& app, Context& context) {
  const auto options = std::make_shared<convolve::Options>();
  const auto method = std::make_shared<std::string>("auto");
  const auto threads = std::make_shared<int>(0);
  CLI::App& verb = add_verb(app, "convolve", "Convolve HDF5 arrays of any size with a kernel", group_compute,
                            "kindred convolve in.h5 kernel.h5 out.h5 --mode same --axes 1,2");
  verb.add_option("input", options->input, "An HDF5 file with the data")->required()->type_name("IN");
  verb.add_option("kernel", options->kernel, "An HDF5 file with the kernel; may be the same")->required()->type_name("KERNEL");
  verb.add_option("output", options->output, "The HDF5 file to be made")->required()->type_name("OUT");
  verb.add_option("--mode", options->mode_name, "full (default), same, valid, causal or periodic")
      ->check(CLI::IsMember(modes))
      ->type_name("MODE");
  verb.add_option("--axes", options->axes, "Axes of the data to convolve, 1 to 3 (default: the last ones, as many as the kernel has)")
      ->delimiter(',')
      ->check(integer())
      ->type_name("A,B,…");
  verb.add_option("--dataset", options->dataset, "The data, and their convolution in OUT (default: data)")->type_name("NAME");
  verb.add_option("--kernel-dataset", options->kernel_dataset, "The kernel (default: kernel, or data where there is none)")
      ->type_name("NAME");
  verb.add_option("--memory", options->memory, "For arrays and work, such as 512MB (default: 1GiB); the file may be larger")
      ->transform(CLI::AsSizeValue(false))
      ->transform(not_negative())
      ->type_name("SIZE");
  verb.add_option("--method", *method, "auto (default), direct, overlap_save, fft, hybrid or fftw")
      ->check(CLI::IsMember(methods))
      ->type_name("METHOD");
  verb.add_option("--threads", *threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.callback([options, method, threads, &context] {
    require_one_process("convolve");
    options->mode = modes.at(options->mode_name);
    options->method = methods.at(*method);
    options->threads = *threads > 0 ? *threads : available_cores();
    interruptible(context, [&] { convolve::convolve(*options, context); });
  });
}

}  // namespace kindred::app
