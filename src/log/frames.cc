#include "log/frames.h"

#include <fmt/format.h>
#define ZDICT_STATIC_LINKING_ONLY
#include <xxhash.h>
#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <thread>

namespace cairn {
namespace {

constexpr std::uint32_t kDictionaryMagic = 0x184D2A5D;
constexpr std::uint32_t kSeekTableMagic = 0x184D2A5E;
constexpr std::uint32_t kSeekableMagic = 0x8F92EAB1;
constexpr std::string_view kDictionaryName = "CAIRNDIC";
constexpr std::size_t kDictionaryHead = 8 + 8 + 8;  // Skippable header, name, hash.
constexpr std::size_t kFooterBytes = 9;             // Frames, descriptor, magic.
constexpr std::size_t kDictionaryBytes = std::size_t{112} << 10;
// Samples of a hundred times the dictionary are what zstd's manual asks for; more costs time and gains nothing.
constexpr std::size_t kSampleBytes = kDictionaryBytes * 48;
constexpr int kLevel = 6;
constexpr std::size_t kPadding = 64;

void PutU32(std::string& out, std::uint32_t value) { out.append(reinterpret_cast<const char*>(&value), 4); }
void PutU64(std::string& out, std::uint64_t value) { out.append(reinterpret_cast<const char*>(&value), 8); }
std::uint32_t GetU32(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, 4);
  return value;
}
std::uint64_t GetU64(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, 8);
  return value;
}

// Frame ends: behind the first newline at or after `frame_bytes`.
std::vector<std::uint32_t> CutFrames(std::string_view lines, std::size_t frame_bytes) {
  std::vector<std::uint32_t> begins;
  for (std::size_t at = 0; at < lines.size();) {
    begins.push_back(static_cast<std::uint32_t>(at));
    const std::size_t newline = lines.find('\n', std::min(at + frame_bytes, lines.size()) - 1);
    at = newline == std::string_view::npos ? lines.size() : newline + 1;
  }
  begins.push_back(static_cast<std::uint32_t>(lines.size()));
  return begins;
}

std::string TrainDictionary(std::string_view lines, const std::vector<std::uint32_t>& begins) {
  const std::size_t frames = begins.size() - 1;
  const std::size_t step = std::max<std::size_t>(1, lines.size() / kSampleBytes);
  std::string samples;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < frames && samples.size() < kSampleBytes; i += step) {
    const std::size_t bytes = std::min<std::size_t>(begins[i + 1] - begins[i], 64 << 10);
    samples.append(lines.substr(begins[i], bytes));
    sizes.push_back(bytes);
  }
  std::string dictionary(kDictionaryBytes, '\0');
  ZDICT_fastCover_params_t parameters{};
  parameters.k = 512;
  parameters.d = 8;
  parameters.f = 20;
  parameters.accel = 4;
  parameters.zParams.compressionLevel = kLevel;
  const std::size_t bytes =
      ZDICT_trainFromBuffer_fastCover(dictionary.data(), dictionary.size(), samples.data(), sizes.data(),
                                      static_cast<unsigned>(sizes.size()), parameters);
  // Too few samples to learn from: the segment does without.
  dictionary.resize(ZDICT_isError(bytes) != 0 ? 0 : bytes);
  return dictionary;
}

void PutDictionary(std::string& out, std::string_view dictionary) {
  PutU32(out, kDictionaryMagic);
  PutU32(out, static_cast<std::uint32_t>(kDictionaryName.size() + 8 + dictionary.size()));
  out += kDictionaryName;
  PutU64(out, XXH64(dictionary.data(), dictionary.size(), 0));
  out += dictionary;
}

struct Piece {
  std::string bytes;
  std::vector<std::uint32_t> sizes;
  std::string error;
};

void CompressPiece(std::string_view lines, const std::vector<std::uint32_t>& begins, std::size_t first,
                   std::size_t last, const ZSTD_CDict* dictionary, const std::atomic<bool>* cancel, Piece* out) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
  if (dictionary != nullptr) ZSTD_CCtx_refCDict(context, dictionary);
  for (std::size_t i = first; i < last; ++i) {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) break;
    const std::size_t size = begins[i + 1] - begins[i];
    const std::size_t at = out->bytes.size();
    out->bytes.resize(at + ZSTD_compressBound(size));
    const std::size_t bytes = ZSTD_compress2(context, out->bytes.data() + at, out->bytes.size() - at,
                                             lines.data() + begins[i], size);
    if (ZSTD_isError(bytes) != 0) {
      out->error = ZSTD_getErrorName(bytes);
      break;
    }
    out->bytes.resize(at + bytes);
    out->sizes.push_back(static_cast<std::uint32_t>(bytes));
  }
  ZSTD_freeCCtx(context);
}

}  // namespace

Result<std::string> CompressFrames(std::string_view lines, std::size_t frame_bytes, std::size_t threads,
                                   const std::atomic<bool>* cancel) {
  const std::vector<std::uint32_t> begins = CutFrames(lines, std::max<std::size_t>(frame_bytes, 1));
  const std::size_t frames = begins.size() - 1;
  const std::string dictionary = TrainDictionary(lines, begins);
  ZSTD_CDict* prepared =
      dictionary.empty() ? nullptr : ZSTD_createCDict(dictionary.data(), dictionary.size(), kLevel);
  threads = std::clamp<std::size_t>(threads, 1, 64);
  std::vector<Piece> pieces(threads);
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < threads; ++i) {
    workers.emplace_back(CompressPiece, lines, std::cref(begins), frames * i / threads, frames * (i + 1) / threads,
                         prepared, cancel, &pieces[i]);
  }
  CompressPiece(lines, begins, 0, frames / threads, prepared, cancel, &pieces[0]);
  for (std::thread& worker : workers) worker.join();
  ZSTD_freeCDict(prepared);
  if (cancel != nullptr && cancel->load()) return Status(StatusCode::kCancelled, "sealing was cancelled");

  std::string out;
  PutDictionary(out, dictionary);
  std::string table;
  std::size_t frame = 0;
  for (const Piece& piece : pieces) {
    if (!piece.error.empty()) return Status(StatusCode::kInternal, "zstd: " + piece.error);
    out += piece.bytes;
    for (const std::uint32_t size : piece.sizes) {
      PutU32(table, size);
      PutU32(table, begins[frame + 1] - begins[frame]);
      ++frame;
    }
  }
  PutDictionary(out, dictionary);
  PutU32(out, kSeekTableMagic);
  PutU32(out, static_cast<std::uint32_t>(table.size() + kFooterBytes));
  out += table;
  PutU32(out, static_cast<std::uint32_t>(frames));
  out += '\0';
  PutU32(out, kSeekableMagic);
  return out;
}

namespace {

// The dictionary in the skippable frame at `at`, or none where it is damaged. `next` is where that frame ends.
bool ReadDictionary(std::string_view file, std::size_t at, std::string_view* dictionary) {
  if (at + kDictionaryHead > file.size() || GetU32(file.data() + at) != kDictionaryMagic) return false;
  const std::size_t bytes = GetU32(file.data() + at + 4);
  if (bytes < 16 || at + 8 + bytes > file.size() || file.substr(at + 8, 8) != kDictionaryName) return false;
  const std::string_view found = file.substr(at + kDictionaryHead, bytes - 16);
  if (XXH64(found.data(), found.size(), 0) != GetU64(file.data() + at + 16)) return false;
  *dictionary = found;
  return true;
}

struct ContextDeleter {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

Result<std::shared_ptr<FrameReader>> FrameReader::Open(FileSystem& files, const std::string& path) {
  auto size = files.Size(path);
  if (!size) return size.error();
  auto map = files.Map(path, *size);
  if (!map) return map.error();
  auto reader = std::shared_ptr<FrameReader>(new FrameReader);
  reader->map_ = std::move(*map);
  if (Status status = reader->Load(path); !status.ok()) return status;
  return reader;
}

FrameReader::~FrameReader() { ZSTD_freeDDict(static_cast<ZSTD_DDict*>(dictionary_)); }

// Prepared at the first read: a store of many segments opens without the memory and time for all of them.
const void* FrameReader::Dictionary() const {
  std::call_once(dictionary_once_, [this] {
    if (!dictionary_bytes_.empty()) dictionary_ = ZSTD_createDDict(dictionary_bytes_.data(), dictionary_bytes_.size());
  });
  return dictionary_;
}

Status FrameReader::Load(const std::string& path) {
  path_ = path;
  const std::string_view file(map_->data(), map_->size());
  const Status damaged(StatusCode::kDataLoss, path + ": the table of frames at its end is damaged");
  if (file.size() < kFooterBytes + 8 || GetU32(file.data() + file.size() - 4) != kSeekableMagic) return damaged;
  const std::size_t frames = GetU32(file.data() + file.size() - kFooterBytes);
  const std::size_t table_bytes = frames * 8 + kFooterBytes;
  if (file[file.size() - 5] != 0 || file.size() < table_bytes + 8) return damaged;
  const std::size_t table = file.size() - table_bytes;
  if (GetU32(file.data() + table - 8) != kSeekTableMagic || GetU32(file.data() + table - 4) != table_bytes) {
    return damaged;
  }
  std::uint64_t compressed = 0;
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    compressed += GetU32(file.data() + table + i * 8);
    begin += GetU32(file.data() + table + i * 8 + 4);
  }
  // Both dictionaries are as long, and with the frames they fill what stands before the table.
  const std::size_t dictionary_frames = table - 8 - std::min<std::uint64_t>(compressed, table - 8);
  if (dictionary_frames % 2 != 0 || dictionary_frames < 2 * kDictionaryHead || begin > 0xFFFFFFFF) return damaged;
  const std::size_t first_frame = dictionary_frames / 2;
  entries_.reserve(frames + 1);
  entries_.push_back({0, static_cast<std::uint32_t>(first_frame)});
  for (std::size_t i = 0; i < frames; ++i) {
    const FrameEntry& last = entries_.back();
    entries_.push_back({last.begin + GetU32(file.data() + table + i * 8 + 4),
                        last.compressed + GetU32(file.data() + table + i * 8)});
  }
  std::string_view first;
  std::string_view second;
  const bool first_stands = ReadDictionary(file, 0, &first);
  const bool second_stands = ReadDictionary(file, table - 8 - first_frame, &second);
  if (!first_stands && !second_stands) {
    return {StatusCode::kDataLoss, path + ": both copies of the dictionary are damaged"};
  }
  dictionary_damaged_ = !first_stands || !second_stands || first.size() != second.size();
  const std::string_view dictionary = first_stands ? first : second;
  dictionary_bytes_ = dictionary;
  return Status::Ok();
}

std::size_t FrameReader::FrameAt(std::uint32_t offset) const {
  const auto after = std::upper_bound(entries_.begin(), entries_.end() - 1, offset,
                                      [](std::uint32_t at, const FrameEntry& entry) { return at < entry.begin; });
  return after == entries_.begin() ? 0 : static_cast<std::size_t>(after - entries_.begin()) - 1;
}

Result<std::shared_ptr<const FrameReader::Frame>> FrameReader::Read(std::size_t frame) const {
  static thread_local std::unique_ptr<ZSTD_DCtx, ContextDeleter> context(ZSTD_createDCtx());
  const FrameEntry& entry = entries_[frame];
  const FrameEntry& next = entries_[frame + 1];
  auto out = std::make_shared<Frame>();
  out->begin = entry.begin;
  out->size = next.begin - entry.begin;
  out->bytes.reset(new char[out->size + kPadding]);
  std::memset(out->bytes.get() + out->size, 0, kPadding);
  const char* from = map_->data() + entry.compressed;
  const std::size_t bytes = next.compressed - entry.compressed;
  const void* dictionary = Dictionary();
  const std::size_t got =
      dictionary == nullptr
          ? ZSTD_decompressDCtx(context.get(), out->bytes.get(), out->size, from, bytes)
          : ZSTD_decompress_usingDDict(context.get(), out->bytes.get(), out->size, from, bytes,
                                       static_cast<const ZSTD_DDict*>(dictionary));
  if (ZSTD_isError(got) != 0 || got != out->size) {
    return Status(StatusCode::kDataLoss, fmt::format("{}: the frame at byte {} is damaged: {}", path_, entry.compressed,
                                                     ZSTD_isError(got) != 0 ? ZSTD_getErrorName(got) : "wrong length"));
  }
  return std::shared_ptr<const Frame>(std::move(out));
}

}  // namespace cairn
