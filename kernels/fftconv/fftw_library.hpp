#pragma once

#include <mutex>
#include <string>

#include <fftw3.h>

#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::fftconv {

/// FFTW's names of one precision.
template <class Real>
struct FftwLibrary;

#define KINDRED_FFTW_LIBRARY(REAL, PREFIX)                                    \
  template <>                                                                 \
  struct FftwLibrary<REAL> {                                                  \
    using Complex = PREFIX##_complex;                                         \
    using Plan = PREFIX##_plan;                                               \
    using Dimension = PREFIX##_iodim64;                                       \
    static constexpr auto plan_complex = PREFIX##_plan_guru64_dft;            \
    static constexpr auto plan_forward = PREFIX##_plan_guru64_dft_r2c;        \
    static constexpr auto plan_backward = PREFIX##_plan_guru64_dft_c2r;       \
    static constexpr auto execute_complex = PREFIX##_execute_dft;             \
    static constexpr auto execute_forward = PREFIX##_execute_dft_r2c;         \
    static constexpr auto execute_backward = PREFIX##_execute_dft_c2r;        \
    static constexpr auto destroy = PREFIX##_destroy_plan;                    \
    static constexpr auto export_wisdom = PREFIX##_export_wisdom_to_string;   \
    static constexpr auto import_wisdom = PREFIX##_import_wisdom_from_string; \
    static constexpr auto forget_wisdom = PREFIX##_forget_wisdom;             \
    static const char* version() { return PREFIX##_version; }                 \
  };
KINDRED_FFTW_LIBRARY(double, fftw)
KINDRED_FFTW_LIBRARY(float, fftwf)
#undef KINDRED_FFTW_LIBRARY

/// Plans for as long as the object lives, and leaves FFTW's wisdom as it was found: plans of Effort::estimate depend on nothing that was
/// measured before in the process, and what others plan does not depend on what was measured here. Effort::measure and patient begin with
/// what the user's cache folder has and add to it what was learnt.
template <class Real>
class FftwPlanning {
 public:
  explicit FftwPlanning(Effort effort);
  ~FftwPlanning();
  FftwPlanning(const FftwPlanning&) = delete;
  FftwPlanning& operator=(const FftwPlanning&) = delete;
  [[nodiscard]] unsigned flags() const;

 private:
  std::scoped_lock<std::mutex> lock_;
  Effort effort_;
  std::string found_;   ///< wisdom of the process
  std::string stored_;  ///< wisdom of the file
};

extern template class FftwPlanning<float>;
extern template class FftwPlanning<double>;

}  // namespace kindred::fftconv
