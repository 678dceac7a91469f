// Links the convolutions' callbacks into kernels that call them as cuFFT does, by the library that cuFFT does it with, and fails if one is
// missing, or if it spills registers. Needs no GPU.
//   link KERNELS.fatbin LOADS.fatbin STORES.fatbin

#include <nvJitLink.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

void check(nvJitLinkResult result, nvJitLinkHandle linker, const std::string& what) {
  if (result == NVJITLINK_SUCCESS) {
    return;
  }
  std::size_t size = 0;
  nvJitLinkGetErrorLogSize(linker, &size);
  std::string log(size + 1, ' ');
  nvJitLinkGetErrorLog(linker, log.data());
  std::printf("%s failed: %s\n", what.c_str(), log.c_str());
  std::exit(1);
}

/// @returns what the assembler says of registers
std::string link(const char* architecture, int count, char** images) {
  const std::string target = std::string("-arch=") + architecture;
  const char* options[] = {target.c_str(), "-lto", "-verbose"};
  nvJitLinkHandle linker = nullptr;
  check(nvJitLinkCreate(&linker, 3, options), linker, "nvJitLinkCreate");
  for (int i = 0; i < count; ++i) {
    std::ifstream file(images[i], std::ios::binary);
    const std::string image{std::istreambuf_iterator<char>(file), {}};
    check(nvJitLinkAddData(linker, NVJITLINK_INPUT_ANY, image.data(), image.size(), images[i]), linker, images[i]);
  }
  check(nvJitLinkComplete(linker), linker, "linking");
  std::size_t size = 0;
  nvJitLinkGetInfoLogSize(linker, &size);
  std::string log(size + 1, ' ');
  nvJitLinkGetInfoLog(linker, log.data());
  nvJitLinkDestroy(&linker);
  return log;
}

}  // namespace

int main(int argc, char** argv) {
  bool good = argc == 4;
  for (const char* const architecture : {"sm_80", "sm_90"}) {
    const std::string log = link(architecture, argc - 1, argv + 1);
    const std::regex registers("Used ([0-9]+) registers");
    const std::regex spilled("[1-9][0-9]* bytes (stack frame|spill)");
    int kernels = 0;
    int most = 0;
    for (auto at = std::sregex_iterator(log.begin(), log.end(), registers); at != std::sregex_iterator(); ++at) {
      ++kernels;
      most = std::max(most, std::stoi((*at)[1]));
    }
    const bool spills = std::regex_search(log, spilled);
    std::printf("%s: %d callbacks, at most %d registers%s\n", architecture, kernels, most, spills ? ", spills" : "");
    good = good && kernels == 12 && !spills;
  }
  return good ? 0 : 1;
}
