#include "scan/file_name.h"

#include <array>
#include <vector>

#include "base/json.h"

namespace cairn {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

int HexValue(char c) {
  const std::size_t at = kHex.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool IsEscape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && HexValue(text[1]) >= 0 && HexValue(text[2]) >= 0;
}

// Bytes of the UTF-8 character at the beginning; 0 where there is none.
std::size_t CharacterBytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  return bytes <= text.size() && IsUtf8(text.substr(0, bytes)) ? bytes : 0;
}

}  // namespace

std::string NameOfPath(std::string_view path) {
  const bool is_utf8 = IsUtf8(path);
  if (is_utf8 && path.find('%') == std::string_view::npos) return std::string(path);
  std::string out;
  for (std::size_t i = 0; i < path.size();) {
    const std::size_t bytes = CharacterBytes(path.substr(i));
    if (bytes == 0) {
      const auto byte = static_cast<unsigned char>(path[i++]);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else if (IsEscape(path.substr(i))) {
      out += "%25";
      ++i;
    } else {
      out += path.substr(i, bytes);
      i += bytes;
    }
  }
  return out;
}

std::string PathOfName(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    if (IsEscape(name.substr(i))) {
      out += static_cast<char>(HexValue(name[i + 1]) * 16 + HexValue(name[i + 2]));
      i += 3;
    } else {
      out += name[i++];
    }
  }
  return out;
}

NodeKey FileNode(std::string_view tenant, std::string_view path) {
  return {std::string(tenant), std::string(kTypeFile), std::string(kFileNamespace), NameOfPath(path), ""};
}

NodeKey MemberNode(std::string_view tenant, std::string_view path, std::string_view member) {
  return FileNode(tenant, std::string(path) + "!/" + std::string(member));
}

bool IsInside(std::string_view path, std::string_view folder) {
  return folder == "/" || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::string AbsolutePath(std::string_view path, std::string_view current_folder) {
  std::string whole;
  if (!path.starts_with('/')) whole = std::string(current_folder) + "/";
  whole += path;
  std::vector<std::string_view> parts;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) (out += '/') += part;
  return out.empty() ? "/" : out;
}

}  // namespace cairn
