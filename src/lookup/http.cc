#include "lookup/http.h"

namespace cairn {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace

std::string HttpScheme(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return {};
  std::string scheme = Lower(url.substr(0, end));
  if (scheme != "http" && scheme != "https") return {};
  return scheme;
}

std::string HttpOrigin(std::string_view url) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return {};
  return Lower(url.substr(0, url.find_first_of("/?#", host + 3)));
}

}  // namespace cairn
