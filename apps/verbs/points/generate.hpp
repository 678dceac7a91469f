#pragma once

#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/points/plan.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/kernels/qmc/quality/report.hpp>

namespace kindred::app::points {

/// Makes the points and writes them where the options say, in blocks; memory does not grow with their number.
/// @throws InputError, IoError before any work; IoError where writing fails
void generate(const Plan& plan, const Options& options, const Context& context);

/// The points themselves, replicates × count × dimension or count × dimension. @throws InputError if there are very many
nlohmann::json points_json(const Plan& plan, const Options& options);

/// The set and its randomisations as files in LDData's formats: `lattice.txt` or `dnet.txt`, and for each replicate r `shiftmod1_r.txt`,
/// `dshift_r.txt` or `lmscramble_r.txt`, as the scramble has them.
/// @returns what was written
/// @throws InputError if a part has no such format, or a file exists and may not be replaced
std::vector<std::filesystem::path> write_ld_data(const Plan& plan, const Options& options);

nlohmann::json quality_json(const qmc::QualityReport& report);

}  // namespace kindred::app::points
