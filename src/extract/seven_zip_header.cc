#include "extract/seven_zip_header.h"

#include <algorithm>
#include <array>

#include "extract/byte_view.h"
#include "extract/text.h"

namespace cairn {
namespace {

enum Id : std::uint64_t {
  kEnd = 0,
  kHeader = 1,
  kArchiveProperties = 2,
  kMainStreams = 4,
  kFiles = 5,
  kPackInfo = 6,
  kUnpackInfo = 7,
  kSubStreams = 8,
  kSize = 9,
  kCrc = 10,
  kFolder = 11,
  kUnpackSizes = 12,
  kStreamCounts = 13,
  kEmptyStream = 14,
  kEmptyFile = 15,
  kNames = 17,
  kModified = 20,
  kEncodedHeader = 23,
};

struct Method {
  std::string_view id;
  std::string_view name;
};
using namespace std::string_view_literals;
constexpr std::array kMethods = {Method{"\x00"sv, "Copy"},
                                 Method{"\x21"sv, "LZMA2"},
                                 Method{"\x03\x01\x01"sv, "LZMA"},
                                 Method{"\x03\x04\x01"sv, "PPMd"},
                                 Method{"\x04\x01\x08"sv, "Deflate"},
                                 Method{"\x04\x02\x02"sv, "BZip2"},
                                 Method{"\x06\xf1\x07\x01"sv, "AES"},
                                 Method{"\x03\x03\x01\x03"sv, "BCJ"},
                                 Method{"\x03\x03\x01\x1b"sv, "BCJ2"},
                                 Method{"\x03"sv, "Delta"},
                                 Method{"\x04\xf7\x11\x01"sv, "ZSTD"}};

struct Coder {
  std::string id;
  std::string properties;
  std::uint64_t inputs = 1;
  std::uint64_t outputs = 1;
};

struct Folder {
  std::vector<Coder> coders;
  std::vector<std::uint64_t> unpack_sizes;  ///< Of each output.
  std::size_t main_output = 0;              ///< The one that nothing else takes.
  std::optional<std::uint32_t> crc32;

  [[nodiscard]] std::uint64_t Bytes() const {
    return main_output < unpack_sizes.size() ? unpack_sizes[main_output] : 0;
  }
};

struct Stream {
  std::uint64_t bytes = 0;
  std::optional<std::uint32_t> crc32;
};

/// Reads a header from its beginning to its end; after damage everything reads as 0, see `ok`.
class Parser {
 public:
  Parser(std::string_view bytes, std::size_t files_max) : view_(bytes, std::endian::little), files_max_(files_max) {}

  Result<SevenZipParsed> Read() {
    SevenZipParsed out;
    const std::uint64_t id = Number();
    if (id == kEncodedHeader) {
      Streams();
      out.packed = Packed();
    } else if (id == kHeader) {
      Header(&out.header);
    } else {
      ok_ = false;
    }
    if (too_many_) return Status(StatusCode::kResourceExhausted, "the archive has more members than the limit");
    if (!ok_) return Status(StatusCode::kInvalidArgument, "the archive's header is damaged");
    return out;
  }

 private:
  std::uint8_t Byte() {
    ok_ = ok_ && view_.Has(at_, 1);
    return ok_ ? view_.U8(at_++) : std::uint8_t{0};
  }
  // The leading ones of the first byte say how many bytes follow, little-endian; its other bits are the highest.
  std::uint64_t Number() {
    const std::uint8_t first = Byte();
    std::uint64_t value = 0;
    std::uint8_t mask = 0x80;
    for (unsigned i = 0; i < 8; ++i, mask = static_cast<std::uint8_t>(mask >> 1)) {
      if ((first & mask) == 0) return value | static_cast<std::uint64_t>(first & (mask - 1)) << (8 * i);
      value |= static_cast<std::uint64_t>(Byte()) << (8 * i);
    }
    return value;
  }
  // A number of things that each take a byte at least, or a bit.
  std::size_t Count(std::uint64_t per_byte = 1) {
    const std::uint64_t count = Number();
    if (count > (view_.size() - std::min<std::uint64_t>(at_, view_.size())) * per_byte) ok_ = false;
    return ok_ ? static_cast<std::size_t>(count) : 0;
  }
  std::string Bytes(std::uint64_t count) {
    ok_ = ok_ && view_.Has(at_, count);
    if (!ok_) return {};
    std::string out(view_.Part(at_, count));
    at_ += count;
    return out;
  }
  std::vector<bool> Bits(std::size_t count) {
    std::vector<bool> out(count, false);
    std::uint8_t byte = 0;
    for (std::size_t i = 0; i < count && ok_; ++i) {
      if (i % 8 == 0) byte = Byte();
      out[i] = (byte >> (7 - i % 8) & 1) != 0;
    }
    return out;
  }
  std::vector<bool> Defined(std::size_t count) {
    if (Byte() != 0) return std::vector<bool>(count, true);
    return Bits(count);
  }
  std::vector<std::optional<std::uint32_t>> Digests(std::size_t count) {
    std::vector<std::optional<std::uint32_t>> out(count);
    const std::vector<bool> defined = Defined(count);
    for (std::size_t i = 0; i < count && ok_; ++i) {
      if (!defined[i]) continue;
      out[i] = view_.U32(at_);
      (void)Bytes(4);
    }
    return out;
  }

  void Streams() {
    for (std::uint64_t id = Number(); ok_ && id != kEnd; id = Number()) {
      if (id == kPackInfo) {
        PackInfo();
      } else if (id == kUnpackInfo) {
        UnpackInfo();
      } else if (id == kSubStreams) {
        SubStreams();
      } else {
        ok_ = false;
      }
    }
    if (!streams_read_) DefaultStreams();
  }

  void PackInfo() {
    pack_at_ = Number();
    const std::size_t count = Count();
    for (std::uint64_t id = Number(); ok_ && id != kEnd; id = Number()) {
      if (id == kSize) {
        for (std::size_t i = 0; i < count && ok_; ++i) pack_sizes_.push_back(Number());
      } else if (id == kCrc) {
        (void)Digests(count);
      } else {
        ok_ = false;
      }
    }
  }

  void UnpackInfo() {
    if (Number() != kFolder) ok_ = false;
    const std::size_t count = Count();
    if (Byte() != 0) ok_ = false;  // what stands elsewhere is not read
    for (std::size_t i = 0; i < count && ok_; ++i) folders_.push_back(ReadFolder());
    if (Number() != kUnpackSizes) ok_ = false;
    for (auto& folder : folders_) {
      std::uint64_t outputs = 0;
      for (const auto& coder : folder.coders) outputs += coder.outputs;
      for (std::uint64_t i = 0; i < outputs && ok_; ++i) folder.unpack_sizes.push_back(Number());
    }
    for (std::uint64_t id = Number(); ok_ && id != kEnd; id = Number()) {
      if (id != kCrc) {
        ok_ = false;
        return;
      }
      const auto digests = Digests(folders_.size());
      for (std::size_t i = 0; i < folders_.size(); ++i) folders_[i].crc32 = digests[i];
    }
  }

  Folder ReadFolder() {
    constexpr std::uint64_t kCodersMax = 32;  // 7-Zip's own bound
    Folder folder;
    std::uint64_t inputs = 0;
    std::uint64_t outputs = 0;
    const std::uint64_t count = Number();
    ok_ = ok_ && count >= 1 && count <= kCodersMax;
    for (std::uint64_t i = 0; i < count && ok_; ++i) {
      Coder coder;
      const std::uint8_t flags = Byte();
      coder.id = Bytes(flags & 15);
      if ((flags & 0x10) != 0) {
        coder.inputs = Number();
        coder.outputs = Number();
        ok_ = ok_ && coder.inputs <= kCodersMax && coder.outputs <= kCodersMax;
      }
      if ((flags & 0x20) != 0) coder.properties = Bytes(Number());
      inputs += coder.inputs;
      outputs += coder.outputs;
      folder.coders.push_back(std::move(coder));
    }
    ok_ = ok_ && outputs >= 1;
    std::vector<bool> taken(static_cast<std::size_t>(outputs), false);
    for (std::uint64_t i = 0; i + 1 < outputs && ok_; ++i) {
      (void)Number();
      const std::uint64_t output = Number();
      if (output < outputs) taken[static_cast<std::size_t>(output)] = true;
    }
    folder.main_output = static_cast<std::size_t>(std::find(taken.begin(), taken.end(), false) - taken.begin());
    const std::uint64_t packed = inputs + 1 - std::min(outputs, inputs + 1);
    for (std::uint64_t i = 0; packed > 1 && i < packed && ok_; ++i) (void)Number();
    return folder;
  }

  void DefaultStreams() {
    for (const auto& folder : folders_) streams_.push_back({folder.Bytes(), folder.crc32});
  }

  void SubStreams() {
    streams_read_ = true;
    std::vector<std::size_t> counts(folders_.size(), 1);
    std::uint64_t id = Number();
    if (id == kStreamCounts) {
      std::size_t all = 0;
      for (auto& count : counts) {
        count = static_cast<std::size_t>(std::min<std::uint64_t>(Number(), files_max_ + 1));
        all += count;
        if (all > files_max_) too_many_ = true, ok_ = false;
        if (!ok_) return;
      }
      id = Number();
    }
    for (std::size_t i = 0; i < folders_.size() && ok_; ++i) {
      std::uint64_t left = folders_[i].Bytes();
      for (std::size_t k = 0; k < counts[i] && ok_; ++k) {
        // Of the last one the size is what is left.
        const bool last = k + 1 == counts[i];
        const std::uint64_t bytes = last ? left : id == kSize ? Number() : 0;
        left -= std::min(left, bytes);
        streams_.push_back({bytes, counts[i] == 1 ? folders_[i].crc32 : std::nullopt});
      }
    }
    if (id == kSize) id = Number();
    for (; ok_ && id != kEnd; id = Number()) {
      if (id != kCrc) {
        ok_ = false;
        return;
      }
      std::vector<Stream*> open;
      for (auto& stream : streams_) {
        if (!stream.crc32) open.push_back(&stream);
      }
      const auto digests = Digests(open.size());
      for (std::size_t i = 0; i < open.size(); ++i) open[i]->crc32 = digests[i];
    }
  }

  void Header(SevenZipHeader* header) {
    for (std::uint64_t id = Number(); ok_ && id != kEnd; id = Number()) {
      if (id == kArchiveProperties) {
        for (std::uint64_t property = Number(); ok_ && property != kEnd; property = Number()) (void)Bytes(Number());
      } else if (id == kMainStreams) {
        Streams();
      } else if (id == kFiles) {
        Files(header);
      } else {
        ok_ = false;
      }
    }
    for (const auto& folder : folders_) {
      for (const auto& coder : folder.coders) {
        const auto known =
            std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& m) { return m.id == coder.id; });
        const std::string name(known == kMethods.end() ? "unknown"sv : known->name);
        auto& methods = header->methods;
        if (std::find(methods.begin(), methods.end(), name) == methods.end()) methods.push_back(name);
      }
    }
  }

  void Files(SevenZipHeader* header) {
    const std::uint64_t stated = Number();
    if (stated > files_max_) too_many_ = true, ok_ = false;
    if (!ok_) return;
    auto& files = header->files;
    files.resize(static_cast<std::size_t>(stated));
    std::vector<bool> empty(files.size(), false);
    std::vector<bool> empty_files;
    for (std::uint64_t id = Number(); ok_ && id != kEnd; id = Number()) {
      const std::uint64_t size = Number();
      const std::uint64_t end = at_ + size;
      ok_ = ok_ && view_.Has(at_, size);
      if (!ok_) return;
      if (id == kEmptyStream) empty = Bits(files.size());
      if (id == kEmptyFile) empty_files = Bits(static_cast<std::size_t>(std::count(empty.begin(), empty.end(), true)));
      if (id == kNames && Byte() == 0) Names(view_.Part(at_, end - at_), &files);
      if (id == kModified) Times(&files);
      at_ = end;
    }
    std::size_t stream = 0;
    std::size_t nothing = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (empty[i]) {
        files[i].folder = nothing >= empty_files.size() || !empty_files[nothing];
        ++nothing;
      } else if (stream < streams_.size()) {
        files[i].bytes = streams_[stream].bytes;
        files[i].crc32 = streams_[stream].crc32;
        ++stream;
      }
    }
  }

  static void Names(std::string_view bytes, std::vector<SevenZipFile>* files) {
    std::size_t at = 0;
    for (auto& file : *files) {
      std::size_t end = at;
      while (end + 1 < bytes.size() && (bytes[end] != 0 || bytes[end + 1] != 0)) end += 2;
      file.path = FromUtf16(bytes.substr(std::min(at, bytes.size()), end - at), false);
      at = end + 2;
    }
  }

  void Times(std::vector<SevenZipFile>* files) {
    const std::vector<bool> defined = Defined(files->size());
    if (Byte() != 0) return;
    for (std::size_t i = 0; i < files->size() && ok_; ++i) {
      if (!defined[i]) continue;
      (*files)[i].modified = view_.U64(at_);
      (void)Bytes(8);
    }
  }

  std::optional<SevenZipPacked> Packed() {
    if (!ok_ || folders_.size() != 1 || folders_[0].coders.empty() || pack_sizes_.empty()) {
      ok_ = false;
      return std::nullopt;
    }
    const Folder& folder = folders_[0];
    // The coder that takes the packed bytes; more than one is encryption.
    const Coder& coder = folder.coders.size() == 1 ? folder.coders[0] : folder.coders.back();
    for (const auto& any : folder.coders) {
      if (any.id == "\x06\xf1\x07\x01") return SevenZipPacked{pack_at_, pack_sizes_[0], folder.Bytes(), any.id, ""};
    }
    return SevenZipPacked{pack_at_, pack_sizes_[0], folder.Bytes(), coder.id, coder.properties};
  }

  ByteView view_;
  std::size_t files_max_;
  std::uint64_t at_ = 0;
  bool ok_ = true;
  bool too_many_ = false;
  bool streams_read_ = false;
  std::uint64_t pack_at_ = 0;
  std::vector<std::uint64_t> pack_sizes_;
  std::vector<Folder> folders_;
  std::vector<Stream> streams_;
};

}  // namespace

Result<SevenZipParsed> ReadSevenZipHeader(std::string_view bytes, std::size_t files_max) {
  return Parser(bytes, files_max).Read();
}

}  // namespace cairn
