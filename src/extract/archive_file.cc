#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "extract/archive_paths.h"
#include "extract/extractors.h"
#include "extract/gzip_header.h"
#include "extract/text.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/x-tar"sv, "application/gzip"sv, "application/x-xz"sv, "application/zstd"sv,
                               "application/x-bzip2"sv};
constexpr std::array kFields = {"Compression"sv, "Flags"sv,           "ModifyDate"sv,
                                "ExtraFlags"sv,  "OperatingSystem"sv, "ArchivedFileName"sv,
                                "Comment"sv,     "ArchiveFormat"sv};
// What is packed may become thousands of times as long: a small block asks often.
constexpr std::size_t kBlockBytes = 8192;

/// The file as libarchive reads it.
class Source {
 public:
  Source(const FileBytes& bytes, const ExtractContext& context) : bytes_(bytes), context_(context) {}

  static la_ssize_t Read(archive* a, void* self, const void** block) {
    return static_cast<Source*>(self)->Next(a, block);
  }
  static la_int64_t Skip(archive* /*a*/, void* self, la_int64_t count) {
    auto& source = *static_cast<Source*>(self);
    const std::uint64_t left = source.bytes_.size() - std::min(source.at_, source.bytes_.size());
    const std::uint64_t skipped = std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(count, 0)));
    source.at_ += skipped;
    return static_cast<la_int64_t>(skipped);
  }
  /// Why reading ended before the end; OK where it did not.
  [[nodiscard]] const Status& stopped() const { return stopped_; }

 private:
  la_ssize_t Next(archive* a, const void** block) {
    stopped_ = context_.KeepGoing();
    const auto unpacked = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(a, 0), 0));
    if (stopped_.ok() && unpacked > context_.limits.total_bytes) {
      stopped_ = {StatusCode::kResourceExhausted,
                  fmt::format("only the first {} bytes are unpacked", context_.limits.total_bytes)};
    }
    if (stopped_.ok()) {
      auto got = bytes_.Read(at_, block_);
      if (got) {
        at_ += *got;
        *block = block_.data();
        return static_cast<la_ssize_t>(*got);
      }
      stopped_ = got.error();
    }
    archive_set_error(a, EIO, "%s", stopped_.message().c_str());
    return ARCHIVE_FATAL;
  }

  const FileBytes& bytes_;
  const ExtractContext& context_;
  std::array<char, kBlockBytes> block_;
  std::uint64_t at_ = 0;
  Status stopped_;
};

std::string NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  // Where it is stated as UTF-8 and the locale has no such letters.
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  return name == nullptr ? std::string() : name;
}

Child ChildOf(archive_entry* entry, const ExtractContext& context) {
  Child child;
  child.path = CutText(NameOf(entry), context.limits.value_bytes);
  child.folder = archive_entry_filetype(entry) == AE_IFDIR;
  if (archive_entry_size_is_set(entry) != 0 && !child.folder) {
    child.bytes = std::max<std::int64_t>(archive_entry_size(entry), 0);
  }
  if (archive_entry_mtime_is_set(entry) != 0) {
    child.modified = IsoTime(ExifTime(archive_entry_mtime(entry)));
    if (!child.modified.empty()) child.modified += 'Z';
  }
  return child;
}

// `notes.txt.gz` without its last ending.
std::string WithoutEnding(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

/// Tar, packed or not, and single packed files.
class ArchiveFile final : public Extractor {
 public:
  ArchiveFile() : Extractor({"archive", 1, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = context.type;
    const bool packed = context.type != kTypes[0];
    std::string stated_name;
    if (context.type == kTypes[1]) {
      auto header = ReadGzipHeader(bytes, to);
      if (!header) return header.error();
      stated_name = std::move(*header);
    }
    const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive* a = reader.get();
    if (a == nullptr) return Status(StatusCode::kResourceExhausted, "no memory");
    archive_read_support_format_tar(a);
    archive_read_support_format_empty(a);
    if (packed) {
      // Of anything else that is packed only the first bytes are unpacked, to see that it is no tar.
      archive_read_support_format_raw(a);
      archive_read_support_filter_gzip(a);
      archive_read_support_filter_xz(a);
      archive_read_support_filter_zstd(a);
      archive_read_support_filter_bzip2(a);
    }
    Source source(bytes, context);
    archive_read_set_read_callback(a, Source::Read);
    archive_read_set_skip_callback(a, Source::Skip);
    archive_read_set_callback_data(a, &source);
    if (archive_read_open1(a) != ARCHIVE_OK) {
      if (!packed || !source.stopped().ok()) return Failed(a, source);
      to.Warn("what is packed cannot be unpacked: " + ErrorText(a));
      Single(bytes, context, stated_name, to);
      return to;
    }
    ArchivePaths paths(context);
    archive_entry* entry = nullptr;
    int code = ARCHIVE_OK;
    while ((code = archive_read_next_header(a, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
      if (archive_format(a) == ARCHIVE_FORMAT_RAW) {
        Single(bytes, context, stated_name, to);
        return to;
      }
      if (to.children.size() >= context.limits.entries) {
        to.Warn(fmt::format("only the first {} members are listed", to.children.size()));
        break;
      }
      const bool link = archive_entry_filetype(entry) == AE_IFLNK;
      paths.Add(ChildOf(entry, context), to, link);
    }
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN && code != ARCHIVE_EOF) {
      const bool limit = source.stopped().code() == StatusCode::kResourceExhausted;
      if (!source.stopped().ok() && !limit) return source.stopped();
      if (to.children.empty() && !limit && !packed) return Failed(a, source);
      to.Warn(limit ? std::string(source.stopped().message())
                    : fmt::format("the archive is damaged after {} members: {}", to.children.size(), ErrorText(a)));
    }
    // Zeros are an empty tar too.
    if (packed && to.children.empty()) {
      Single(bytes, context, stated_name, to);
      return to;
    }
    const char* format = archive_format_name(a);
    if (format != nullptr) to.Add("ArchiveFormat", std::string(format));
    paths.End(bytes.size(), to);
    return to;
  }

 private:
  static std::string ErrorText(archive* a) {
    const char* text = archive_error_string(a);
    return text == nullptr ? "unknown" : text;
  }
  static Status Failed(archive* a, const Source& source) {
    if (!source.stopped().ok()) return source.stopped();
    return {StatusCode::kInvalidArgument, "no archive: " + ErrorText(a)};
  }

  static void Single(const FileBytes& bytes, const ExtractContext& context, const std::string& stated_name,
                     Extracted& to) {
    Child child;
    child.path = stated_name.empty() ? WithoutEnding(context.file_name) : stated_name;
    child.packed_bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes.size(), INT64_MAX));
    ArchivePaths paths(context);
    paths.Add(std::move(child), to, false);
    paths.End(bytes.size(), to);
  }
};

}  // namespace

const Extractor& ArchiveExtractor() {
  static const ArchiveFile kArchiveFile;
  return kArchiveFile;
}

}  // namespace cairn
