#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/data/export/common.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

struct VtkParameters {
  std::int64_t samples = 1000;

  static Schema<VtkParameters> schema() {
    return {parameter("samples", &VtkParameters::samples)
                .at_least(0)
                .doc("at most so many samples of each shard; 0: all (about 2 KiB of XML a sample)")};
  }
};

/// XDMF 2 for one shard: a temporal collection whose "time" is the row, so that ParaView's slider walks over the samples.
class XdmfWriter {
 public:
  XdmfWriter(const DatasetLayout& layout, const ShardInfo& shard, const fs::path& folder)
      : layout_(layout), rows_(shard.rows), source_(fs::proximate(shard.path, folder).string()) {
    // Three dimensions always: readers put a 2-D mesh into the wrong plane. The last axis is the fastest, VTK's x.
    const std::size_t missing = 3 - layout.axes.size();
    dimensions_.assign(missing, 1);
    origin_.assign(missing, 0.0);
    spacing_.assign(missing, 1.0);
    for (const AxisLayout& axis : layout.axes) {
      const auto n = static_cast<Index>(axis.coordinates.size());
      dimensions_.push_back(n);
      origin_.push_back(axis.coordinates.front());
      spacing_.push_back(n > 1 ? (axis.coordinates.back() - axis.coordinates.front()) / static_cast<double>(n - 1) : 1.0);
    }
  }

  void write(std::ostream& out, Index count) const {
    out << "<?xml version=\"1.0\" ?>\n<Xdmf Version=\"2.0\">\n <Domain>\n"
        << fmt::format("  <Grid Name=\"{}\" GridType=\"Collection\" CollectionType=\"Temporal\">\n", escape_markup(layout_.name));
    for (Index row = 0; row < count; ++row) {
      write_sample(out, row);
    }
    out << "  </Grid>\n </Domain>\n</Xdmf>\n";
  }

 private:
  void write_sample(std::ostream& out, Index row) const {
    out << fmt::format("   <Grid Name=\"sample {0}\" GridType=\"Uniform\">\n    <Time Value=\"{0}\"/>\n", row)
        << fmt::format("    <Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"{}\"/>\n", fmt::join(dimensions_, " "))
        << "    <Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n"
        << fmt::format("     <DataItem Format=\"XML\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"3\">{}</DataItem>\n",
                       fmt::join(origin_, " "))
        << fmt::format("     <DataItem Format=\"XML\" NumberType=\"Float\" Precision=\"8\" Dimensions=\"3\">{}</DataItem>\n",
                       fmt::join(spacing_, " "))
        << "    </Geometry>\n";
    for (const FieldLayout& field : layout_.fields) {
      if (!std::all_of(field.varies_along.begin(), field.varies_along.end(), [](bool varies) { return varies; })) {
        continue;
      }
      write_components(out, row, field);
    }
    out << "   </Grid>\n";
  }

  /// One scalar attribute per component: VTK's vectors have three components, ours as many as axes.
  void write_components(std::ostream& out, Index row, const FieldLayout& field) const {
    const std::size_t d = layout_.axes.size();
    const std::size_t components = field.rank == 0 ? 1 : field.rank == 1 ? d : d * d;
    for (std::size_t component = 0; component < components; ++component) {
      std::string name = field.name;
      std::vector<Index> position;
      if (field.rank == 1) {
        position = {static_cast<Index>(component)};
        name += "_" + layout_.axes[component].name;
      } else if (field.rank == 2) {
        position = {static_cast<Index>(component / d), static_cast<Index>(component % d)};
        name += "_" + layout_.axes[component / d].name + layout_.axes[component % d].name;
      }
      write_attribute(out, row, field, name, position);
    }
  }

  void write_attribute(std::ostream& out, Index row, const FieldLayout& field, const std::string& name,
                       const std::vector<Index>& component) const {
    std::vector<Index> start{row};
    std::vector<Index> count{1};
    std::vector<Index> shape{rows_};
    const auto add = [&](Index first, Index n, Index extent) {
      start.push_back(first);
      count.push_back(n);
      shape.push_back(extent);
    };
    if (field.time_varying) {
      add(layout_.steady_frames - 1, 1, layout_.steady_frames);
    }
    for (const AxisLayout& axis : layout_.axes) {
      const auto n = static_cast<Index>(axis.coordinates.size());
      add(0, n, n);
    }
    for (const Index k : component) {
      add(k, 1, static_cast<Index>(layout_.axes.size()));
    }
    const std::vector<Index> stride(start.size(), 1);
    const int precision = layout_.precision == Precision::f32 ? 4 : 8;
    out << fmt::format("    <Attribute Name=\"{}\" AttributeType=\"Scalar\" Center=\"Node\">\n", escape_markup(name))
        << fmt::format("     <DataItem ItemType=\"HyperSlab\" Dimensions=\"{}\" Type=\"HyperSlab\">\n", fmt::join(dimensions_, " "))
        << fmt::format("      <DataItem Dimensions=\"3 {}\" Format=\"XML\">{} {} {}</DataItem>\n", start.size(), fmt::join(start, " "),
                       fmt::join(stride, " "), fmt::join(count, " "))
        << fmt::format(
               "      <DataItem Format=\"HDF\" NumberType=\"Float\" Precision=\"{}\" Dimensions=\"{}\">{}:/t{}_fields/{}</DataItem>\n",
               precision, fmt::join(shape, " "), escape_markup(source_), field.rank, escape_markup(field.name))
        << "     </DataItem>\n    </Attribute>\n";
  }

  const DatasetLayout& layout_;
  Index rows_;
  std::string source_;
  std::vector<Index> dimensions_;
  std::vector<double> origin_;
  std::vector<double> spacing_;
};

class VtkExporter final : public Exporter {
 public:
  explicit VtkExporter(VtkParameters parameters) : parameters_(parameters) {}

  std::vector<fs::path> write(const DatasetReader& reader, const fs::path& target, bool force) override {
    require_complete(reader);
    std::vector<fs::path> files;
    for (const ShardInfo& shard : reader.shards()) {
      PendingFile pending(target / (shard.path.stem().string() + "_" + shard.split + ".xdmf"), force);
      const Index count = parameters_.samples == 0 ? shard.rows : std::min<Index>(shard.rows, parameters_.samples);
      std::ofstream out(pending.partial());
      XdmfWriter(reader.layout(), shard, target).write(out, count);
      out.close();
      if (!out) {
        throw IoError(fmt::format("cannot write {}", pending.partial().string()));
      }
      files.push_back(pending.commit());
    }
    files.push_back(
        write_sidecar(reader, target, "vtk", force, files, "XDMF 2 descriptions that point into the data set's own HDF5 files"));
    return files;
  }

 private:
  VtkParameters parameters_;
};

const Registration vtk =
    plugin<Exporter, VtkParameters>("vtk")
        .summary("XDMF descriptions for ParaView and VisIt, beside the data (no copy)")
        .doc(
            "Writes one `.xdmf` per shard, which selects each sample of the data set's own HDF5 file by hyperslab; the time slider walks "
            "over the "
            "rows. Open it with ParaView's classic \"XDMF Reader\". Values sit at the cell centres; the last axis is VTK's x. "
            "Keep the description and the data set in the same relative places.")
        .source("XDMF model and format, version 2")
        .example("kindred export out/darcy --to vtk")
        .aliases({"xdmf"})
        .capabilities({"1d", "2d", "3d"})
        .factory([](const VtkParameters& p) { return std::make_unique<VtkExporter>(p); });

}  // namespace
}  // namespace kindred::data
