#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "extract/extractor.h"
#include "extract/file_bytes.h"

namespace cairn {

/// A member as the archive's directory states it (PKWARE APPNOTE 6.3.10, section 4.3.12).
struct ZipMember {
  std::string name;          ///< As it stands there: bytes of an unknown encoding unless bit 11 of `flags` says UTF-8.
  std::string unicode_name;  ///< The same in UTF-8 where the entry's extra field 0x7075 states it.
  std::uint16_t version_needed = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;    ///< 0 stored, 8 DEFLATE.
  std::uint32_t dos_time = 0;  ///< Date in the upper half.
  std::uint32_t crc32 = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t header_at = 0;  ///< Where its local header stands.
  std::string comment;

  [[nodiscard]] bool IsFolder() const { return name.ends_with('/'); }
  [[nodiscard]] bool IsEncrypted() const { return (flags & 1) != 0; }
};

/// The directory of a zip archive, and single members of it. One thread at a time.
class ZipReader {
 public:
  /// Reads the directory; where it is missing or damaged, the local headers from the front instead, with a warning.
  /// `bytes` and `context` outlive this.
  /// Returns INVALID_ARGUMENT where there is neither, UNAVAILABLE where the bytes cannot be read, or what `keep_going`
  /// returned.
  static Result<ZipReader> Open(const FileBytes& bytes, const ExtractContext& context);

  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::string& comment() const { return comment_; }
  /// The first of that name, letter case aside where there is none of it exactly; null where there is none.
  [[nodiscard]] const ZipMember* Find(std::string_view name) const;

  /// The bytes of a member.
  /// Returns INVALID_ARGUMENT where it is damaged, UNIMPLEMENTED where it is encrypted or packed by another method than
  /// DEFLATE, RESOURCE_EXHAUSTED where it is larger than `limits.bytes` or its ratio beyond `limits.ratio`.
  [[nodiscard]] Result<std::string> Read(const ZipMember& member) const;

 private:
  ZipReader(const FileBytes& bytes, const ExtractContext& context) : bytes_(&bytes), context_(&context) {}

  Status ReadDirectory();
  Status ReadEntries(std::uint64_t at, std::uint64_t size, std::uint64_t count);
  Status ReadLocalHeaders();

  const FileBytes* bytes_;
  const ExtractContext* context_;
  std::vector<ZipMember> members_;
  std::vector<std::string> warnings_;
  std::string comment_;
};

/// The time of a member as MS-DOS writes it, `2008:10:22 16:28:38`.
std::string DosTime(std::uint32_t dos_time);

}  // namespace cairn
