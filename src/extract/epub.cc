#include <algorithm>
#include <array>
#include <optional>
#include <pugixml.hpp>

#include "extract/extractors.h"
#include "extract/office_properties.h"
#include "extract/package_fields.h"
#include "extract/text.h"
#include "extract/xml_name.h"
#include "extract/xmp_value.h"
#include "extract/zip_reader.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"application/epub+zip"sv, "application/oebps-package+xml"sv};
constexpr std::array kFields = {"*"sv};

std::string TextBelow(pugi::xml_node node) {
  std::string out;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
  }
  return std::string(Trim(out));
}

pugi::xml_node ChildNamed(pugi::xml_node node, std::string_view local) {
  for (const auto& child : node.children()) {
    if (LocalName(child.name()) == local) return child;
  }
  return {};
}

/// The package document (EPUB 3.3, section 5; OPF 2.0.1).
class Package {
 public:
  Package(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {}

  void Read(pugi::xml_node package) {
    for (const auto& element : ChildNamed(package, "metadata").children()) {
      if (element.type() != pugi::node_element) continue;
      // OPF 1 has its Dublin Core one level deeper.
      if (LocalName(element.name()) == "dc-metadata" || LocalName(element.name()) == "x-metadata") {
        for (const auto& inner : element.children()) Element(inner);
      } else {
        Element(element);
      }
    }
    const pugi::xml_node spine = ChildNamed(package, "spine");
    toc_ = spine.attribute("toc").value();
    if (!toc_.empty()) to_.Add("SpineToc", toc_);
    for (const auto& item : ChildNamed(package, "manifest").children()) Item(item);
    AddPackageFields(package, context_, to_);
  }

  [[nodiscard]] const std::string& toc_href() const { return toc_href_; }

 private:
  void Element(pugi::xml_node element) {
    if (++elements_ > context_.limits.fields || to_.fields.size() >= context_.limits.fields) return;
    const std::string_view local = LocalName(element.name());
    if (local == "meta") return Meta(element);
    std::string name(local);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
    std::string text = CutText(TextBelow(element), context_.limits.value_bytes);
    if (name == "Identifier" && element.attribute("id"))
      to_.Add("IdentifierId", std::string(element.attribute("id").value()));
    Core(local, text);
    for (auto& field : to_.fields) {
      if (field.name != name) continue;
      if (auto* list = std::get_if<std::vector<std::string>>(&field.value)) return list->push_back(std::move(text));
      if (auto* one = std::get_if<std::string>(&field.value)) {
        field.value = std::vector<std::string>{*one, std::move(text)};
        return;
      }
    }
    to_.Add(name, local == "title" ? FieldValue(std::move(text)) : XmpValue("dc", name, std::move(text)));
  }

  // `<meta name="cover" content="..."/>` of OPF 2, `<meta property="dcterms:modified">...</meta>` of EPUB 3.
  void Meta(pugi::xml_node element) {
    const std::string_view property = LocalName(element.attribute("property").value());
    const std::string text = TextBelow(element);
    if (property == "modified") to_.core.modified = IsoTime(text);
    if (property == "duration" || element.attribute("refines")) return;
    if (!property.empty()) return to_.Add(XmpName("", property), CutText(text, context_.limits.value_bytes));
    const std::string name = element.attribute("name").value();
    const std::string content = element.attribute("content").value();
    if (name.empty()) return;
    if (name == "cover") cover_ = content;
    if (name == "calibre:series") to_.Add("Series", content);
    if (name == "calibre:series_index") to_.Add("SeriesIndex", TextOrNumber(content));
    to_.Add("MetaName", name);
    to_.Add("MetaContent", TextOrNumber(content));
  }

  void Core(std::string_view local, const std::string& text) {
    auto& core = to_.core;
    if (text.empty()) return;
    if (local == "title" && core.title.empty()) core.title = text;
    if (local == "creator") core.creators.push_back(text);
    if (local == "publisher" && core.publisher.empty()) core.publisher = text;
    if (local == "language" && core.language.empty()) core.language = text;
    if (local == "description" && core.description.empty()) core.description = text;
    if (local == "subject") core.keywords.push_back(text);
    if (local == "date" && core.created.empty()) core.created = IsoTime(text);
  }

  void Item(pugi::xml_node item) {
    const std::string id = item.attribute("id").value();
    const std::string_view properties = item.attribute("properties").value();
    if (id == toc_ && !toc_.empty()) toc_href_ = item.attribute("href").value();
    if ((id == cover_ && !cover_.empty()) || properties.find("cover-image") != std::string_view::npos) {
      Picture picture;
      picture.type = "front cover";
      picture.mime = item.attribute("media-type").value();
      picture.description = item.attribute("href").value();
      to_.pictures.push_back(std::move(picture));
    }
  }

  const ExtractContext& context_;
  Extracted& to_;
  std::string toc_;
  std::string toc_href_;
  std::string cover_;
  std::size_t elements_ = 0;
};

// The chapters of EPUB 2: `navPoint`s, those within others behind `- `.
void ReadContents(std::string_view xml, const ExtractContext& context, Extracted& to) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return to.Warn("the table of contents is no XML");
  std::vector<std::string> titles;
  std::vector<std::pair<pugi::xml_node, std::size_t>> stack;
  stack.emplace_back(ChildNamed(document.document_element(), "navMap"), 0);
  while (!stack.empty() && titles.size() < context.limits.fields) {
    const auto [node, depth] = stack.back();
    stack.pop_back();
    if (LocalName(node.name()) == "navPoint") {
      std::string title;
      for (std::size_t i = 1; i < depth; ++i) title += "- ";
      titles.push_back(title + CutText(TextBelow(ChildNamed(ChildNamed(node, "navLabel"), "text")), 1024));
    }
    const std::size_t first = stack.size();
    if (depth >= context.limits.depth) continue;
    for (const auto& child : node.children()) {
      if (LocalName(child.name()) == "navPoint") stack.emplace_back(child, depth + 1);
    }
    std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
  }
  if (!titles.empty()) to.Add("TableOfContents", std::move(titles));
}

class Epub final : public Extractor {
 public:
  Epub() : Extractor({"epub", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = context.type;
    auto head = bytes.ReadUpTo(0, 2);
    if (!head) return head.error();
    if (*head != "PK") {
      auto xml = bytes.ReadUpTo(0, static_cast<std::size_t>(context.limits.bytes));
      if (!xml) return xml.error();
      if (!ReadPackage(*xml, context, to, nullptr)) {
        return Status(StatusCode::kInvalidArgument, "no EPUB: neither a zip archive nor a package document");
      }
      return to;
    }
    auto zip = ZipReader::Open(bytes, context);
    if (!zip) return zip.error();
    to.warnings = zip->warnings();
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    if (zip->Find("META-INF/encryption.xml") != nullptr) to.Add("Encrypted", true);
    const std::string package = PackagePath(*zip, to);
    std::string toc;
    if (auto xml = ReadMember(*zip, package, to)) ReadPackage(*xml, context, to, &toc);
    if (!toc.empty()) {
      const std::size_t slash = package.rfind('/');
      if (slash != std::string::npos) toc = package.substr(0, slash + 1) + toc;
      if (auto xml = ReadMember(*zip, toc, to)) ReadContents(*xml, context, to);
    }
    return to;
  }

 private:
  static std::optional<std::string> ReadMember(const ZipReader& zip, const std::string& name, Extracted& to) {
    const ZipMember* member = zip.Find(name);
    if (member == nullptr) {
      to.Warn(name + " is missing in the archive");
      return std::nullopt;
    }
    auto bytes = zip.Read(*member);
    if (bytes) return std::move(*bytes);
    to.Warn(bytes.error().message());
    return std::nullopt;
  }

  // EPUB 3.3, section 4.2.6.3.1: the container says where the package document is.
  static std::string PackagePath(const ZipReader& zip, Extracted& to) {
    if (auto xml = ReadMember(zip, "META-INF/container.xml", to)) {
      pugi::xml_document container;
      (void)container.load_buffer(xml->data(), xml->size());
      const pugi::xml_node root = ChildNamed(ChildNamed(container.document_element(), "rootfiles"), "rootfile");
      if (root.attribute("full-path")) return root.attribute("full-path").value();
    }
    for (const auto& member : zip.members()) {
      if (member.name.ends_with(".opf")) return member.name;
    }
    return "content.opf";
  }

  static bool ReadPackage(std::string_view xml, const ExtractContext& context, Extracted& to, std::string* toc) {
    pugi::xml_document document;
    const auto parsed = document.load_buffer(xml.data(), xml.size());
    const pugi::xml_node root = document.document_element();
    if (!parsed) to.Warn(std::string("the package document is no XML: ") + parsed.description());
    if (LocalName(root.name()) != "package") return false;
    Package package(context, to);
    package.Read(root);
    if (toc != nullptr) *toc = package.toc_href();
    return true;
  }
};

}  // namespace

const Extractor& EpubExtractor() {
  static const Epub kEpub;
  return kEpub;
}

}  // namespace cairn
