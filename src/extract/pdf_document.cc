#include "extract/pdf_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <qpdf/Pipeline.hh>
#include <stdexcept>

#include "extract/icc.h"
#include "extract/office_properties.h"
#include "extract/pdf_text.h"
#include "extract/text.h"
#include "extract/xmp.h"

namespace cairn {
namespace {

constexpr int kPagesMax = 64;        // whose own metadata are looked at
constexpr int kOutlineMax = 10'000;  // entries
constexpr std::uint64_t kStreamBytesMax = std::uint64_t{16} << 20;

/// Keeps what is unpacked, up to a bound.
class Kept final : public Pipeline {
 public:
  explicit Kept(std::uint64_t bytes_max) : Pipeline("kept", nullptr), bytes_max_(bytes_max) {}
  void write(unsigned char const* data, std::size_t size) override {
    too_long = too_long || bytes.size() + size > bytes_max_;
    // Ends the unpacking; qpdf takes it for damage.
    if (too_long) throw std::length_error("too long");
    bytes.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}

  std::string bytes;
  bool too_long = false;

 private:
  std::uint64_t bytes_max_;
};

constexpr std::pair<int, const char*> kRights[] = {{2, "Print"},     {3, "Modify"},         {4, "Copy"},
                                                   {5, "Annotate"},  {8, "Fill forms"},     {9, "Extract"},
                                                   {10, "Assemble"}, {11, "Print high-res"}};

std::string WithoutSlash(const std::string& name) { return name.starts_with('/') ? name.substr(1) : name; }

// A text, name, number or truth; nothing else has a text.
std::string ScalarText(QPDFObjectHandle value) {
  if (value.isString()) return PdfText(value.getStringValue());
  if (value.isName()) return WithoutSlash(value.getName());
  if (value.isInteger()) return std::to_string(value.getIntValue());
  if (value.isReal()) return value.getRealValue();
  if (value.isBool()) return value.getBoolValue() ? "true" : "false";
  return {};
}

std::vector<std::string> TextList(QPDFObjectHandle value, std::size_t max) {
  std::vector<std::string> out;
  if (!value.isArray()) return {ScalarText(value)};
  const int count = std::min(value.getArrayNItems(), static_cast<int>(max));
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) out.push_back(ScalarText(value.getArrayItem(i)));
  return out;
}

FieldValue OneOrList(std::vector<std::string> texts) {
  if (texts.size() == 1) return std::move(texts[0]);
  return texts;
}

}  // namespace

void PdfDocument::ReadEncryption() {
  QPDFObjectHandle encrypt = pdf_.getTrailer().getKey("/Encrypt");
  if (!encrypt.isDictionary()) return;
  const auto number = [&](const char* key, long long otherwise) {
    QPDFObjectHandle value = encrypt.getKey(key);
    return value.isInteger() ? value.getIntValue() : otherwise;
  };
  const std::string filter = ScalarText(encrypt.getKey("/Filter"));
  std::string text = filter + fmt::format(" V{}", number("/V", 0));
  if (filter == "Standard") text += fmt::format(".{}", number("/R", 0));
  const std::string sub_filter = ScalarText(encrypt.getKey("/SubFilter"));
  if (!sub_filter.empty()) text += " (" + sub_filter + ")";
  if (filter == "Standard") text += fmt::format(" ({}-bit)", number("/Length", 40));
  to_.Add("Encryption", text);
  if (!encrypt.getKey("/P").isInteger()) return;
  const auto rights = static_cast<std::uint64_t>(number("/P", 0));
  std::string allowed;
  for (const auto& [bit, name] : kRights) {
    if ((rights >> bit & 1) != 0) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  to_.Add("UserAccess", allowed.empty() ? "(none)" : allowed);
}

void PdfDocument::Read() {
  const auto part = [&](std::string_view what, auto read) {
    try {
      read();
    } catch (const std::exception& e) {
      to_.Warn(fmt::format("{}: {}", what, e.what()));
    }
  };
  QPDFObjectHandle trailer = pdf_.getTrailer();
  part("the document's information", [&] { ReadInfo(trailer.getKey("/Info")); });
  QPDFObjectHandle root = trailer.getKey("/Root");
  if (!root.isDictionary()) return to_.Warn("the document has no catalog");
  part("the catalog", [&] { ReadCatalog(root); });
  part("the catalog's metadata", [&] { ReadXmpOf(root); });
  part("the pages", [&] { ReadPages(root.getKey("/Pages")); });
  part("the signatures", [&] { ReadSignatures(root.getKey("/Perms")); });
  part("the outline", [&] { ReadOutline(root.getKey("/Outlines")); });
}

void PdfDocument::ReadInfo(QPDFObjectHandle info) {
  if (!info.isDictionary()) return;
  for (const std::string& key : info.getKeys()) {
    if (to_.fields.size() >= context_.limits.fields)
      return to_.Warn("information is left out, there is too much of it");
    QPDFObjectHandle value = info.getKey(key);
    const std::string name = WithoutSlash(key);
    std::vector<std::string> texts = TextList(value, context_.limits.fields);
    for (auto& text : texts) text = CutText(std::move(text), context_.limits.value_bytes);
    if (value.isDictionary() || value.isStream() || value.isNull() || texts.empty()) continue;
    if (name == "CreationDate" || name == "ModDate") texts[0] = PdfDate(texts[0]);
    Core(name, texts[0]);
    if (name == "CreationDate") {
      to_.Add("CreateDate", texts[0]);
    } else if (name == "ModDate") {
      to_.Add("ModifyDate", texts[0]);
    } else if (name == "AAPL:Keywords") {
      to_.Add("AppleKeywords", OneOrList(std::move(texts)));
    } else if (name == "Keywords" && texts.size() == 1 && !SplitKeywords(texts[0]).empty()) {
      to_.Add("Keywords", OneOrList(SplitPdfKeywords(texts[0])));
    } else {
      to_.Add(PdfFieldName(name), OneOrList(std::move(texts)));
    }
  }
}

void PdfDocument::Core(std::string_view key, const std::string& text) {
  auto& core = to_.core;
  const std::string trimmed(Trim(text));
  if (trimmed.empty()) return;
  if (key == "Title") core.title = trimmed;
  if (key == "Author") core.creators = {trimmed};
  if (key == "Subject") core.description = trimmed;
  if (key == "Keywords") core.keywords = SplitKeywords(trimmed);
  if (key == "CreationDate") core.created = IsoTime(trimmed);
  if (key == "ModDate") core.modified = IsoTime(trimmed);
}

void PdfDocument::ReadCatalog(QPDFObjectHandle root) {
  const auto add = [&](const char* key, std::string_view name) {
    QPDFObjectHandle value = root.getKey(key);
    if (value.isName() || value.isString()) to_.Add(name, ScalarText(value));
  };
  add("/Version", "PDFVersion");
  add("/Lang", "Language");
  add("/PageLayout", "PageLayout");
  add("/PageMode", "PageMode");
  if (root.getKey("/Lang").isString()) to_.core.language = ScalarText(root.getKey("/Lang"));
  QPDFObjectHandle mark = root.getKey("/MarkInfo");
  if (mark.isDictionary() && mark.getKey("/Marked").isBool()) {
    to_.Add("TaggedPDF", std::string(mark.getKey("/Marked").getBoolValue() ? "Yes" : "No"));
  }
  QPDFObjectHandle form = root.getKey("/AcroForm");
  if (form.isDictionary()) to_.Add("HasXFA", std::string(form.hasKey("/XFA") ? "Yes" : "No"));
}

void PdfDocument::ReadPages(QPDFObjectHandle pages) {
  if (!pages.isDictionary()) return to_.Warn("the document has no pages");
  if (pages.getKey("/Count").isInteger()) {
    const long long count = pages.getKey("/Count").getIntValue();
    to_.Add("PageCount", static_cast<std::int64_t>(count));
    if (count >= 0) to_.core.pages = count;
  }
  ReadXmpOf(pages);
  QPDFObjectHandle kids = pages.getKey("/Kids");
  if (!kids.isArray()) return;
  const int count = std::min(kids.getArrayNItems(), kPagesMax);
  for (int i = 0; i < count; ++i) {
    QPDFObjectHandle page = kids.getArrayItem(i);
    if (!page.isDictionary()) continue;
    ReadXmpOf(page);
    ReadColors(page.getKey("/Resources"));
  }
}

void PdfDocument::ReadColors(QPDFObjectHandle resources) {
  if (!resources.isDictionary()) return;
  QPDFObjectHandle spaces = resources.getKey("/ColorSpace");
  if (!spaces.isDictionary()) return;
  for (const char* name : {"/DefaultRGB", "/DefaultCMYK", "/Cs1", "/CS0"}) {
    QPDFObjectHandle space = spaces.getKey(name);
    if (!space.isArray() || space.getArrayNItems() < 2) continue;
    QPDFObjectHandle kind = space.getArrayItem(0);
    QPDFObjectHandle profile = space.getArrayItem(1);
    if (!kind.isName() || kind.getName() != "/ICCBased" || !profile.isStream()) continue;
    if (!streams_.insert(profile.getObjGen()).second) continue;
    const std::string bytes = StreamBytes(profile);
    if (bytes.size() > 128) ReadIcc(bytes, to_);
  }
}

void PdfDocument::ReadXmpOf(QPDFObjectHandle dictionary) {
  QPDFObjectHandle metadata = dictionary.getKey("/Metadata");
  if (!metadata.isStream() || !streams_.insert(metadata.getObjGen()).second) return;
  const std::string packet = StreamBytes(metadata);
  if (!packet.empty()) ReadXmp(packet, context_, to_);
}

std::string PdfDocument::StreamBytes(QPDFObjectHandle stream) {
  const std::uint64_t bound = std::min(kStreamBytesMax, context_.limits.bytes);
  if (unpacked_ > context_.limits.bytes) throw std::length_error("streams unpack to more than the limit");
  Kept kept(bound);
  stream.pipeStreamData(&kept, 0, qpdf_dl_generalized, true);
  if (kept.too_long) throw std::length_error("a stream unpacks to more than the limit");
  unpacked_ += kept.bytes.size();
  return std::move(kept.bytes);
}

// Titles in the order of reading, those within others behind `- `.
void PdfDocument::ReadOutline(QPDFObjectHandle outlines) {
  if (!outlines.isDictionary()) return;
  std::vector<std::string> titles;
  std::set<QPDFObjGen> seen;
  std::vector<std::pair<QPDFObjectHandle, std::size_t>> stack;
  stack.emplace_back(outlines.getKey("/First"), 0);
  while (!stack.empty() && titles.size() < static_cast<std::size_t>(kOutlineMax)) {
    auto [item, depth] = stack.back();
    stack.pop_back();
    if (!item.isDictionary() || (item.isIndirect() && !seen.insert(item.getObjGen()).second)) continue;
    if (titles.size() % 256 == 255 && !context_.KeepGoing().ok()) break;
    std::string title;
    for (std::size_t i = 0; i < depth; ++i) title += "- ";
    titles.push_back(title + CutText(ScalarText(item.getKey("/Title")), 1024));
    stack.emplace_back(item.getKey("/Next"), depth);
    if (depth < context_.limits.depth) stack.emplace_back(item.getKey("/First"), depth + 1);
  }
  if (!titles.empty()) to_.Add("TableOfContents", std::move(titles));
}

void PdfDocument::ReadSignatures(QPDFObjectHandle permissions) {
  if (!permissions.isDictionary()) return;
  for (const char* which : {"/DocMDP", "/FieldMDP", "/UR3"}) {
    QPDFObjectHandle signature = permissions.getKey(which);
    if (!signature.isDictionary()) continue;
    const auto add = [&](QPDFObjectHandle from, const char* key, std::string_view name) {
      if (!from.hasKey(key)) return;
      std::vector<std::string> texts = TextList(from.getKey(key), context_.limits.fields);
      if (!texts.empty()) to_.Add(name, OneOrList(std::move(texts)));
    };
    add(signature, "/ContactInfo", "SignerContactInfo");
    add(signature, "/Location", "SigningLocation");
    if (signature.getKey("/M").isString()) to_.Add("SigningDate", PdfDate(ScalarText(signature.getKey("/M"))));
    add(signature, "/Name", "SigningAuthority");
    add(signature, "/Reason", "SigningReason");
    QPDFObjectHandle references = signature.getKey("/Reference");
    if (!references.isArray() || references.getArrayNItems() == 0) continue;
    QPDFObjectHandle rights = references.getArrayItem(0).getKey("/TransformParams");
    if (!rights.isDictionary()) continue;
    add(rights, "/Annots", "AnnotationUsageRights");
    add(rights, "/Document", "DocumentUsageRights");
    add(rights, "/Form", "FormUsageRights");
    add(rights, "/Signature", "SignatureUsageRights");
    add(rights, "/EF", "EmbeddedFileUsageRights");
  }
}

}  // namespace cairn
