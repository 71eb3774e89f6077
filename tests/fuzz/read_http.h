#pragma once

#include <string>
#include <string_view>

#include "require.h"
#include "server/body_coding.h"
#include "server/http_parser.h"
#include "server/parameters.h"
#include "server/request_id.h"
#include "server/router.h"

namespace cairn::fuzz {

/// What a peer sends over one connection, in pieces as long as the first byte says: request after request.
inline void ReadHttp(std::string_view bytes) {
  if (bytes.empty()) return;
  static const Router router = [] {
    Router out;
    for (const char* pattern : {"/", "/a", "/a/{b}", "/a/{b}/c", "/{any}/{more}"}) {
      out.Add({"GET", pattern, [](Exchange&) { return ServerResponse(); }});
    }
    return out;
  }();
  constexpr HttpLimits kLimits{16384, 1 << 20};
  const std::size_t piece = 1 + static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  for (;;) {
    HttpParser parser(kLimits);
    for (std::size_t shown = piece; !parser.is_done() && !parser.has_failed();) {
      const std::size_t used = parser.Feed(bytes.substr(0, shown));
      Require(used <= bytes.size(), "no more is used than there was");
      bytes.remove_prefix(used);
      if (used == 0 && shown >= bytes.size()) return;  // More has to come, and nothing does.
      shown = used == 0 ? shown + piece : piece;
    }
    if (parser.has_failed()) {
      Require(parser.failure().status >= 400, "the peer is told");
      return;
    }
    (void)RequestIdOf(parser);
    const std::string_view target = parser.target();
    const std::size_t question = target.find('?');
    (void)router.Find(parser.method(), target.substr(0, question));
    if (question != std::string_view::npos) {
      if (auto query = ParseQuery(target.substr(question + 1))) {
        std::string text;
        std::uint64_t number = 0;
        std::optional<Timestamp> time;
        (void)ParameterReader(*query).Text("a", text).Number("b", 10, number).Time("c", time).Finish();
      }
    }
    if (UnpackBody(parser, kLimits.body_bytes_max).ok()) {
      Require(parser.body().size() <= kLimits.body_bytes_max, "a body is bounded");
      ServerResponse response;
      response.body = parser.body();
      PackBody(parser.Header("Accept-Encoding"), response);
    }
  }
}

}  // namespace cairn::fuzz
