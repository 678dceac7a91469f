#include <kindred/kernels/fftconv/half/half_description.hpp>

#include <kindred/kernels/fftconv/rounded.hpp>

namespace kindred::fftconv {
namespace {

const char* name_of(HalfMethod method) {
  switch (method) {
    case HalfMethod::automatic:
      return "automatic";
    case HalfMethod::one_pass:
      return "one pass";
    case HalfMethod::overlap_save:
      return "overlap-save";
    case HalfMethod::two_level:
      return "two levels";
  }
  return "unknown";
}

}  // namespace

std::string HalfReport::text() const {
  std::string lines = "precision: " + precision + (format == HalfFormat::fp16 ? ", fp16" : ", bf16") + "\nmethod: " + name_of(method) +
                      ", period " + std::to_string(period) + " = 2";
  for (const int digit : digits) {
    lines += " x " + std::to_string(digit);
  }
  lines += "\nblocks of an array: " + std::to_string(blocks) + ", of " + std::to_string(hop) + " outputs\n";
  lines += "thread block: " + std::to_string(threads) + " threads, " + rounded(static_cast<double>(shared_bytes) / 1024.0, "KiB") +
           " of shared memory\n";
  lines += "workspace: " + rounded(static_cast<double>(workspace_bytes) / 1048576.0, "MiB") +
           ", spectra: " + rounded(static_cast<double>(spectrum_bytes) / 1048576.0, "MiB") + "\n";
  return lines + "one application: " + rounded(bytes_moved, "bytes moved") + ", " + rounded(tensor_operations, "tensor operations") + "\n";
}

}  // namespace kindred::fftconv
