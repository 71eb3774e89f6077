#include "log/frames.h"

#include <fmt/format.h>
#define ZDICT_STATIC_LINKING_ONLY
#include <xxhash.h>
#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <thread>

#include "log/read_behind.h"

namespace cairn {
namespace {

constexpr std::uint32_t kDictionaryMagic = 0x184D2A5D;
constexpr std::uint32_t kSeekTableMagic = 0x184D2A5E;
constexpr std::uint32_t kSeekableMagic = 0x8F92EAB1;
constexpr std::string_view kDictionaryName = "CAIRNDIC";
constexpr std::size_t kSkippableHead = 8;
constexpr std::size_t kDictionaryHead = kSkippableHead + 8 + 8 + 8;  // With name and two hashes.
constexpr std::size_t kFooterBytes = 9;                              // Frames, descriptor, magic.
// A dictionary stands twice in its segment, so a small segment has a small one: at most a sixty-fourth of the lines.
constexpr std::size_t kDictionaryBytesMax = std::size_t{112} << 10;
constexpr std::size_t kDictionaryShare = 64;
// zstd's manual asks for samples of a hundred times the dictionary; beyond this they cost time and gain nothing.
constexpr std::size_t kSampleBytes = kDictionaryBytesMax * 48;
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
std::vector<std::uint32_t> CutFrames(std::string_view lines, std::size_t frame_bytes, ReadBehind behind) {
  std::vector<std::uint32_t> begins;
  for (std::size_t at = 0; at < lines.size();) {
    begins.push_back(static_cast<std::uint32_t>(at));
    const std::size_t newline = lines.find('\n', std::min(at + frame_bytes, lines.size()) - 1);
    at = newline == std::string_view::npos ? lines.size() : newline + 1;
    behind.Passed(lines.data() + at);
  }
  begins.push_back(static_cast<std::uint32_t>(lines.size()));
  return begins;
}

std::string TrainDictionary(std::string_view lines, const std::vector<std::uint32_t>& begins, ReadBehind behind) {
  const std::size_t frames = begins.size() - 1;
  const std::size_t step = std::max<std::size_t>(1, lines.size() / kSampleBytes);
  std::string samples;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < frames && samples.size() < kSampleBytes; i += step) {
    const std::size_t bytes = std::min<std::size_t>(begins[i + 1] - begins[i], 64 << 10);
    samples.append(lines.substr(begins[i], bytes));
    sizes.push_back(bytes);
    behind.Passed(lines.data() + begins[i]);
  }
  std::string dictionary(std::clamp<std::size_t>(lines.size() / kDictionaryShare, 1024, kDictionaryBytesMax), '\0');
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

std::string DictionaryFrame(std::string_view dictionary, std::string_view table) {
  std::string out;
  PutU32(out, kDictionaryMagic);
  PutU32(out, static_cast<std::uint32_t>(kDictionaryHead - kSkippableHead + dictionary.size()));
  out += kDictionaryName;
  PutU64(out, XXH64(dictionary.data(), dictionary.size(), 0));
  PutU64(out, XXH64(table.data(), table.size(), 0));
  out += dictionary;
  return out;
}

struct Piece {
  std::string bytes;
  std::vector<std::uint32_t> sizes;
  std::string error;
};

void CompressPiece(std::string_view lines, const std::vector<std::uint32_t>& begins, std::size_t first,
                   std::size_t last, const ZSTD_CDict* dictionary, const FrameOptions& options, Piece* out) {
  ReadBehind behind = options.mapped ? ReadBehind(lines.substr(begins[first])) : ReadBehind();
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
  if (dictionary != nullptr) ZSTD_CCtx_refCDict(context, dictionary);
  for (std::size_t i = first; i < last; ++i) {
    if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) break;
    behind.Passed(lines.data() + begins[i]);
    const std::size_t size = begins[i + 1] - begins[i];
    const std::size_t at = out->bytes.size();
    out->bytes.resize(at + ZSTD_compressBound(size));
    const std::size_t bytes =
        ZSTD_compress2(context, out->bytes.data() + at, out->bytes.size() - at, lines.data() + begins[i], size);
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

Result<std::string> CompressFrames(std::string_view lines, const FrameOptions& options) {
  const ReadBehind behind = options.mapped ? ReadBehind(lines) : ReadBehind();
  const std::vector<std::uint32_t> begins = CutFrames(lines, std::max<std::size_t>(options.frame_bytes, 1), behind);
  const std::size_t frames = begins.size() - 1;
  const std::string dictionary = TrainDictionary(lines, begins, behind);
  ZSTD_CDict* prepared = dictionary.empty() ? nullptr : ZSTD_createCDict(dictionary.data(), dictionary.size(), kLevel);
  const std::size_t threads = std::clamp<std::size_t>(options.threads, 1, 64);
  std::vector<Piece> pieces(threads);
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < threads; ++i) {
    workers.emplace_back(CompressPiece, lines, std::cref(begins), frames * i / threads, frames * (i + 1) / threads,
                         prepared, std::cref(options), &pieces[i]);
  }
  CompressPiece(lines, begins, 0, frames / threads, prepared, options, &pieces[0]);
  for (std::thread& worker : workers) worker.join();
  ZSTD_freeCDict(prepared);
  if (options.cancel != nullptr && options.cancel->load())
    return Status(StatusCode::kCancelled, "sealing was cancelled");

  std::string table;
  std::size_t frame = 0;
  std::size_t bytes = 0;
  for (const Piece& piece : pieces) {
    if (!piece.error.empty()) return Status(StatusCode::kInternal, "zstd: " + piece.error);
    bytes += piece.bytes.size();
    for (const std::uint32_t size : piece.sizes) {
      PutU32(table, size);
      PutU32(table, begins[frame + 1] - begins[frame]);
      ++frame;
    }
  }
  const std::string dictionary_frame = DictionaryFrame(dictionary, table);
  std::string out;
  out.reserve(bytes + 2 * dictionary_frame.size() + table.size() + kSkippableHead + kFooterBytes);
  out += dictionary_frame;
  for (const Piece& piece : pieces) out += piece.bytes;
  out += dictionary_frame;
  PutU32(out, kSeekTableMagic);
  PutU32(out, static_cast<std::uint32_t>(table.size() + kFooterBytes));
  out += table;
  PutU32(out, static_cast<std::uint32_t>(frames));
  out += '\0';
  PutU32(out, kSeekableMagic);
  return out;
}

namespace {

struct DictionaryCopy {
  std::string_view dictionary;
  std::uint64_t table_hash = 0;
  std::size_t end = 0;  // Behind its frame.
};

// The dictionary in the skippable frame at `at`; none where it is damaged.
std::optional<DictionaryCopy> ReadDictionary(std::string_view file, std::size_t at) {
  if (at > file.size() || file.size() - at < kDictionaryHead || GetU32(file.data() + at) != kDictionaryMagic) return {};
  const std::size_t bytes = GetU32(file.data() + at + 4);
  const std::size_t begin = at + kSkippableHead;
  if (bytes < kDictionaryHead - kSkippableHead || bytes > file.size() - begin) return {};
  if (file.substr(begin, kDictionaryName.size()) != kDictionaryName) return {};
  DictionaryCopy out;
  out.dictionary = file.substr(at + kDictionaryHead, bytes - (kDictionaryHead - kSkippableHead));
  out.table_hash = GetU64(file.data() + begin + 16);
  out.end = begin + bytes;
  if (XXH64(out.dictionary.data(), out.dictionary.size(), 0) != GetU64(file.data() + begin + 8)) return {};
  return out;
}

// The entries of the seek table at the end of the file, as far as it names a place for itself.
std::optional<std::string_view> FindTable(std::string_view file) {
  if (file.size() < kFooterBytes + kSkippableHead || GetU32(file.data() + file.size() - 4) != kSeekableMagic) return {};
  const std::size_t entries = std::size_t{GetU32(file.data() + file.size() - kFooterBytes)} * 8;
  if (file[file.size() - 5] != 0 || file.size() < entries + kFooterBytes + kSkippableHead) return {};
  const std::size_t begin = file.size() - kFooterBytes - entries;
  if (GetU32(file.data() + begin - 8) != kSeekTableMagic || GetU32(file.data() + begin - 4) != entries + kFooterBytes) {
    return {};
  }
  return file.substr(begin, entries);
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

bool FrameReader::ReadTable(std::string_view entries, std::size_t first_frame, std::size_t end) {
  std::uint64_t begin = 0;
  std::uint64_t compressed = first_frame;
  entries_.assign(1, {0, static_cast<std::uint32_t>(first_frame)});
  for (std::size_t at = 0; at < entries.size(); at += 8) {
    compressed += GetU32(entries.data() + at);
    begin += GetU32(entries.data() + at + 4);
    if (compressed > end || begin > 0xFFFFFFFF) return false;
    entries_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(compressed)});
  }
  return true;
}

// Frames tell their own lengths; they end where something else stands.
bool FrameReader::WalkFrames(std::size_t first_frame) {
  std::size_t at = first_frame;
  std::uint64_t begin = 0;
  entries_.assign(1, {0, static_cast<std::uint32_t>(first_frame)});
  while (at + 4 <= map_->size() && GetU32(map_->data() + at) == ZSTD_MAGICNUMBER) {
    const std::size_t bytes = ZSTD_findFrameCompressedSize(map_->data() + at, map_->size() - at);
    const unsigned long long content = ZSTD_getFrameContentSize(map_->data() + at, map_->size() - at);
    if (ZSTD_isError(bytes) != 0 || content >= ZSTD_CONTENTSIZE_ERROR) return false;
    at += bytes;
    begin += content;
    if (begin > 0xFFFFFFFF) return false;
    entries_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
  }
  return entries_.size() > 1;
}

Status FrameReader::Load(const std::string& path) {
  path_ = path;
  const std::string_view file(map_->data(), map_->size());
  const auto table = FindTable(file);
  const auto first = ReadDictionary(file, 0);
  std::optional<DictionaryCopy> second;
  if (table) {
    // The second copy ends where the table's frame begins, and is as long as the first.
    const auto end = static_cast<std::size_t>(table->data() - file.data()) - kSkippableHead;
    std::size_t frames_bytes = 0;
    for (std::size_t at = 0; at < table->size(); at += 8) frames_bytes += GetU32(table->data() + at);
    const std::size_t bytes = first ? first->end : (end - std::min(frames_bytes, end)) / 2;
    if (bytes <= end) second = ReadDictionary(file, end - bytes);
  }
  if (!first && !second) return {StatusCode::kDataLoss, path + ": both copies of the dictionary are damaged"};
  const DictionaryCopy& good = first ? *first : *second;
  dictionary_bytes_ = good.dictionary;
  const std::size_t begin = kDictionaryHead + good.dictionary.size();
  const bool table_stands = table && XXH64(table->data(), table->size(), 0) == good.table_hash;
  if (table_stands) {
    if (!ReadTable(*table, begin, file.size()))
      return {StatusCode::kDataLoss, path + ": the table of frames is damaged"};
  } else {
    damage_ = "the table of frames is damaged; the frames themselves told where they are";
    if (!WalkFrames(begin)) {
      return {StatusCode::kDataLoss, path + ": the table of frames is damaged, and the frames cannot be walked"};
    }
  }
  if (!first || (!second && table_stands)) damage_ = "one of the two dictionaries is damaged; the other serves";
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
  const std::size_t got = dictionary == nullptr
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
