#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "extract/extractor.h"
#include "extract/qpdf_objects.h"

namespace cairn {

/// Takes what a PDF says of itself out of its objects (ISO 32000-2). qpdf's exceptions go through.
class PdfDocument {
 public:
  /// All outlive this.
  PdfDocument(QPDF& pdf, const ExtractContext& context, Extracted& to) : pdf_(pdf), context_(context), to_(to) {}

  /// The dictionary of encryption, which can be read without a password.
  void ReadEncryption();
  /// Everything else. Each part is read though others are damaged.
  void Read();

 private:
  void ReadInfo(QPDFObjectHandle info);
  void ReadCatalog(QPDFObjectHandle root);
  void ReadPages(QPDFObjectHandle pages);
  void ReadColors(QPDFObjectHandle resources);
  void ReadXmpOf(QPDFObjectHandle dictionary);
  void ReadOutline(QPDFObjectHandle outlines);
  void ReadSignatures(QPDFObjectHandle permissions);
  std::string StreamBytes(QPDFObjectHandle stream);
  void Core(std::string_view key, const std::string& text);

  QPDF& pdf_;
  const ExtractContext& context_;
  Extracted& to_;
  std::set<QPDFObjGen> streams_;  ///< Read already: pages share them.
  std::uint64_t unpacked_ = 0;
};

}  // namespace cairn
