#include "service/batch_reader.h"

#include <algorithm>
#include <cstring>

namespace cairn {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{1} << 20;
// A batch with less room left goes on its way: a read of a few bytes costs as much as one of many.
constexpr std::size_t kReadBytesMin = std::size_t{32} << 10;
constexpr std::size_t kPiecesMax = 4096;

}  // namespace

void Batch::Reset(std::size_t bytes_min) {
  pieces.clear();
  origins.clear();
  used_ = 0;
  // A batch that grew for one long document does not keep that room.
  const std::size_t wanted = std::max(bytes_min, kBatchBytes);
  if (room_ >= wanted && room_ <= 4 * wanted) return;
  room_ = wanted;
  bytes_ = std::make_unique_for_overwrite<char[]>(room_);
}

void Batch::Grow() {
  auto larger = std::make_unique_for_overwrite<char[]>(2 * room_);
  std::memcpy(larger.get(), bytes_.get(), used_);
  bytes_ = std::move(larger);
  room_ *= 2;
}

BatchReader::BatchReader(Inputs inputs, const JsonSplitter::Options& splitting, const std::atomic<bool>* stop)
    : inputs_(std::move(inputs)), splitting_(splitting), stop_(stop) {}

bool BatchReader::OpenNext(Batch& batch) {
  // Folders that could not be listed are told first.
  for (auto& [path, status] : inputs_.unreadable) {
    batch.origins.push_back({path, batch.pieces.size()});
    batch.pieces.push_back({{}, 0, status.message()});
  }
  inputs_.unreadable.clear();
  while (next_ < inputs_.files.size()) {
    const std::string& path = inputs_.files[next_++];
    batch.origins.push_back({path, batch.pieces.size()});
    ++files_;
    auto source = OpenByteSource(path);
    if (source) {
      source_ = std::move(*source);
      splitter_ = std::make_unique<JsonSplitter>(splitting_);
      begin_ = batch.used_;
      return true;
    }
    batch.pieces.push_back({{}, 0, source.error().message()});
  }
  return false;
}

void BatchReader::Close(Batch& batch, const Status& status) {
  if (!status.ok()) batch.pieces.push_back({{}, 0, status.message()});
  source_.reset();
  splitter_.reset();
}

bool BatchReader::Next(Batch& batch) {
  batch.Reset(2 * carried_.size());
  std::memcpy(batch.bytes_.get(), carried_.data(), carried_.size());
  batch.used_ = carried_.size();
  carried_.clear();
  begin_ = 0;
  if (source_) batch.origins.push_back({inputs_.files[next_ - 1], 0});

  while (stop_ == nullptr || !stop_->load(std::memory_order_relaxed)) {
    if (!source_ && !OpenNext(batch)) return !batch.pieces.empty();
    if (batch.room_ - batch.used_ < kReadBytesMin || batch.pieces.size() >= kPiecesMax) {
      if (!batch.pieces.empty()) break;
      batch.Grow();
    }
    if (!batch.pieces.empty() && source_->WouldWait()) break;
    auto read = source_->Read(batch.bytes_.get() + batch.used_, batch.room_ - batch.used_);
    if (!read && read.error().code() == StatusCode::kCancelled) continue;  // A signal: look at `stop_`.
    if (!read) {
      // What is left of a document is lost with its end; the error says so.
      begin_ = batch.used_;
      Close(batch, read.error());
      continue;
    }
    batch.used_ += *read;
    bytes_ += *read;
    const bool end = *read == 0;
    const std::string_view fresh(batch.bytes_.get() + begin_, batch.used_ - begin_);
    begin_ += splitter_->Cut(fresh, end, batch.pieces);
    if (end) Close(batch, Status::Ok());
  }
  if (source_) carried_.assign(batch.bytes_.get() + begin_, batch.used_ - begin_);
  return !batch.pieces.empty();
}

}  // namespace cairn
