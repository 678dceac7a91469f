#include <kindred/apps/generate/team.hpp>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace kindred::app {

bool under_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) {  // NOLINT(concurrency-mt-unsafe): no threads yet
      return true;
    }
  }
  return false;
}

MpiTeam::MpiTeam(MPI_Comm world) {
  MPI_Comm_dup(world, &world_);
  MPI_Comm_rank(world_, &rank_);
  MPI_Comm_size(world_, &size_);
  MPI_Comm_split_type(world_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &local_);
  MPI_Comm_rank(local_, &local_rank_);

  // Hosts are numbered in the order of their lowest ranks.
  const int leads_host = local_rank_ == 0 ? 1 : 0;
  MPI_Exscan(&leads_host, &host_, 1, MPI_INT, MPI_SUM, world_);
  if (rank_ == 0) {
    host_ = 0;
  }
  MPI_Bcast(&host_, 1, MPI_INT, 0, local_);
  MPI_Allreduce(&leads_host, &hosts_, 1, MPI_INT, MPI_SUM, world_);

  void* base = nullptr;
  MPI_Win_allocate_shared(local_rank_ == 0 ? static_cast<MPI_Aint>(sizeof(Counters)) : 0, 1, MPI_INFO_NULL, local_,
                          static_cast<void*>(&base), &window_);
  MPI_Aint bytes = 0;
  int unit = 0;
  MPI_Win_shared_query(window_, 0, &bytes, &unit, static_cast<void*>(&base));
  counters_ = local_rank_ == 0 ? new (base) Counters : static_cast<Counters*>(base);
  MPI_Barrier(local_);
}

MpiTeam::~MpiTeam() {
  MPI_Win_free(&window_);
  MPI_Comm_free(&local_);
  MPI_Comm_free(&world_);
}

void MpiTeam::barrier() const { MPI_Barrier(world_); }

int MpiTeam::maximum(int value) const {
  int result = value;
  MPI_Allreduce(&value, &result, 1, MPI_INT, MPI_MAX, world_);
  return result;
}

int MpiTeam::from_leader(int value) const {
  MPI_Bcast(&value, 1, MPI_INT, 0, world_);
  return value;
}

std::int64_t MpiTeam::sum(std::int64_t value) const {
  std::int64_t result = value;
  MPI_Allreduce(&value, &result, 1, MPI_INT64_T, MPI_SUM, world_);
  return result;
}

std::string MpiTeam::any_text(const std::string& text) const {
  const int speaker = maximum(text.empty() ? -1 : rank_);
  if (speaker < 0) {
    return {};
  }
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, speaker, world_);
  std::vector<char> buffer(static_cast<std::size_t>(length));
  if (rank_ == speaker) {
    std::memcpy(buffer.data(), text.data(), text.size());
  }
  MPI_Bcast(buffer.data(), length, MPI_CHAR, speaker, world_);
  return {buffer.begin(), buffer.end()};
}

}  // namespace kindred::app
