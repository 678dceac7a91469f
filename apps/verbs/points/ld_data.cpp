#include <fstream>
#include <functional>

#include <fmt/format.h>

#include <kindred/apps/verbs/points/generate.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>

namespace kindred::app::points {
namespace {

using Write = std::function<void(std::ostream&)>;

class Folder {
 public:
  Folder(std::filesystem::path path, bool force) : path_(std::move(path)), force_(force) {}

  void add(const std::string& name, const Write& write) {
    data::PendingFile pending(path_ / name, force_);
    std::ofstream out(pending.partial());
    write(out);
    out.close();
    if (!out) {
      throw IoError(fmt::format("cannot write {}", pending.partial().string()));
    }
    written_.push_back(pending.commit());
  }

  [[nodiscard]] const std::vector<std::filesystem::path>& written() const { return written_; }

 private:
  std::filesystem::path path_;
  bool force_;
  std::vector<std::filesystem::path> written_;
};

void add_set(Folder& folder, const qmc::PointSet& set, const std::vector<std::string>& comments) {
  if (const auto* lattice = std::get_if<qmc::Lattice>(&set)) {
    folder.add("lattice.txt", [&](std::ostream& out) { qmc::write_lattice(out, *lattice, comments); });
  } else if (const auto* net = std::get_if<qmc::DigitalNet>(&set)) {
    folder.add("dnet.txt", [&](std::ostream& out) { qmc::write_digital_net(out, *net, comments); });
  } else {
    throw InputError("LDData has formats for lattices and for digital nets in base 2 only");
  }
}

void check_scramble(const qmc::PointSet& set, qmc::Scramble scramble) {
  const auto* net = std::get_if<qmc::DigitalNet>(&set);
  const bool linear = scramble == qmc::Scramble::lms || scramble == qmc::Scramble::lms_digital_shift;
  if (scramble == qmc::Scramble::nested_uniform || scramble == qmc::Scramble::owen_hash) {
    throw InputError(fmt::format("the scramble {} has no LDData format that other programs would read alike", qmc::name(scramble)));
  }
  if (net != nullptr && net->interlacing > 1 && linear) {
    throw InputError("LDData's `lmscramble` scrambles the net of its `dnet`, but an interlaced net is scrambled before it is interlaced");
  }
}

}  // namespace

std::vector<std::filesystem::path> write_ld_data(const Plan& plan, const Options& options) {
  const qmc::Randomization& randomization = plan.randomization;
  check_scramble(plan.set, randomization.scramble);
  std::vector<std::string> comments;
  comments.reserve(plan.description.size());
  for (const auto& [name, value] : plan.description) {
    comments.push_back(fmt::format("{}: {}", name, value));
  }
  Folder folder(options.ld_data, options.force);
  add_set(folder, plan.set, comments);
  const qmc::Sampler sampler(plan.set, randomization);
  for (int r = 0; r < randomization.replicates; ++r) {
    const std::string suffix = fmt::format("_{}.txt", r);
    switch (randomization.scramble) {
      case qmc::Scramble::shift:
        folder.add("shiftmod1" + suffix, [&](std::ostream& out) { qmc::write_shift(out, qmc::shift_of(sampler, r), comments); });
        break;
      case qmc::Scramble::lms_digital_shift:
      case qmc::Scramble::digital_shift:
        folder.add("dshift" + suffix, [&](std::ostream& out) { qmc::write_digital_shift(out, qmc::shift_of(sampler, r), comments); });
        break;
      default:
        break;
    }
    if (randomization.scramble == qmc::Scramble::lms || randomization.scramble == qmc::Scramble::lms_digital_shift) {
      const auto& net = std::get<qmc::DigitalNet>(plan.set);
      folder.add("lmscramble" + suffix,
                 [&](std::ostream& out) { qmc::write_linear_scramble(out, qmc::linear_scramble_of(net, randomization, r), comments); });
    }
  }
  return folder.written();
}

}  // namespace kindred::app::points
