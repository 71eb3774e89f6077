#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>
#include <new>

#include "extract/extractors.h"
#include "extract/pdf_document.h"
#include "extract/pdf_input.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/pdf"sv};
constexpr std::array kFields = {"PDFVersion"sv, "Linearized"sv,      "PageCount"sv,  "Encryption"sv, "UserAccess"sv,
                                "Title"sv,      "Author"sv,          "Subject"sv,    "Keywords"sv,   "Creator"sv,
                                "Producer"sv,   "CreateDate"sv,      "ModifyDate"sv, "Trapped"sv,    "AppleKeywords"sv,
                                "Language"sv,   "PageLayout"sv,      "PageMode"sv,   "TaggedPDF"sv,  "HasXFA"sv,
                                "Signing*"sv,   "TableOfContents"sv, "*"sv};
constexpr std::size_t kHeadBytes = 1024;
constexpr std::size_t kWarningsMax = 20;

// Annex F: the first object says so, and how long the file is; one that was changed since is longer.
bool IsLinearized(std::string_view head, std::uint64_t size) {
  const std::size_t begin = head.find("<<");
  if (begin == std::string_view::npos) return false;
  const std::string_view first = head.substr(begin, head.find(">>", begin) - begin);
  if (first.find("/Linearized") == std::string_view::npos) return false;
  std::size_t at = first.find("/L ");
  if (at == std::string_view::npos) return false;
  at = first.find_first_not_of(' ', at + 2);
  if (at == std::string_view::npos) return false;
  std::uint64_t length = 0;
  std::from_chars(first.data() + at, first.data() + first.size(), length);
  return length == size;
}

class Pdf final : public Extractor {
 public:
  Pdf() : Extractor({"pdf", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    auto head = bytes.ReadUpTo(0, kHeadBytes);
    if (!head) return head.error();
    const std::size_t mark = head->find("%PDF-");
    if (mark == std::string::npos) {
      return Status(StatusCode::kInvalidArgument, "no PDF: its first bytes do not say so");
    }
    Extracted to(context.limits);
    to.type = kTypes[0];
    const std::size_t end = head->find_first_not_of("0123456789.", mark + 5);
    to.Add("PDFVersion", head->substr(mark + 5, std::min<std::size_t>(end - mark - 5, 8)));
    to.Add("Linearized", std::string(IsLinearized(*head, bytes.size() - mark) ? "Yes" : "No"));
    try {
      ReadObjects(bytes, context, to);
    } catch (const PdfStop& stop) {
      if (stop.why.code() != StatusCode::kResourceExhausted) return stop.why;
      to.Warn(stop.why.message());
    } catch (const std::bad_alloc&) {
      return Status(StatusCode::kResourceExhausted, "the PDF needs more memory than the limit");
    } catch (const std::exception& e) {
      to.Warn(e.what());
    }
    return to;
  }

 private:
  static void ReadObjects(const FileBytes& bytes, const ExtractContext& context, Extracted& to) {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    PdfDocument document(pdf, context, to);
    try {
      pdf.processInputSource(std::make_shared<PdfInput>(bytes, context));
      document.ReadEncryption();
      document.Read();
    } catch (const QPDFExc& e) {
      if (e.getErrorCode() == qpdf_e_password) {
        document.ReadEncryption();
        to.Warn("the document cannot be read without its password");
      } else {
        to.Warn(e.what());
      }
    }
    std::size_t count = 0;
    for (const auto& warning : pdf.getWarnings()) {
      if (++count > kWarningsMax) break;
      to.Warn(warning.what());
    }
  }
};

}  // namespace

const Extractor& PdfExtractor() {
  static const Pdf kPdf;
  return kPdf;
}

}  // namespace cairn
