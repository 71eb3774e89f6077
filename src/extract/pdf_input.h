#pragma once

#include <cstdint>
#include <qpdf/InputSource.hh>
#include <string>

#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// Thrown through qpdf to end it: no std::exception, which it would take for damage and go on.
struct PdfStop {
  Status why;
};

/// A file as qpdf reads it. Throws PdfStop where the file cannot be read, where `keep_going` says so, or after
/// `limits.total_bytes`. One thread at a time.
class PdfInput final : public InputSource {
 public:
  /// Both outlive this.
  PdfInput(const FileBytes& bytes, const ExtractContext& context) : window_(bytes), context_(context) {}

  qpdf_offset_t findAndSkipNextEOL() override;
  [[nodiscard]] std::string const& getName() const override { return name_; }
  qpdf_offset_t tell() override { return at_; }
  void seek(qpdf_offset_t offset, int whence) override;
  void rewind() override { at_ = 0; }
  std::size_t read(char* to, std::size_t length) override;
  void unreadCh(char /*ch*/) override { at_ -= at_ > 0 ? 1 : 0; }

 private:
  std::string_view Bytes(std::size_t count);

  Window window_;
  const ExtractContext& context_;
  std::string name_ = "the file";
  qpdf_offset_t at_ = 0;
  std::uint64_t asked_at_ = 0;
  std::uint64_t bytes_ = 0;  ///< Handed out in all.
};

}  // namespace cairn
