#pragma once

#include <string_view>

namespace cairn {

/// The sources that Cairn brings with it, as a configuration file declares them. `cairn.yaml` may change any part.
inline constexpr std::string_view kBuiltinSources = R"yaml(sources:
  audnexus:
    help: Audiobooks by ASIN, and their authors (api.audnex.us)
    base_url: https://api.audnex.us
    rate_tokens: 100
    rate_window: 1m
    operations:
      book:
        help: A book
        path: /books/{asin}
        parameters:
          asin: &asin
            required: on
            pattern: B[0-9A-Z]{9}|[0-9]{9}[0-9X]
            help: The book's number at Audible, B... or digits
          region: &region
            default: us
            pattern: au|ca|de|es|fr|in|it|jp|uk|us
            help: The store whose data is wanted
        ttl: 7d
        grace: 30d
        negative_ttl: 1h
        tags: ["asin:{asin}"]
        perhaps_not_found: &unsure [500]
        record_target: "{asin}"
      chapters:
        help: The chapters of a book
        path: /books/{asin}/chapters
        parameters: {asin: *asin, region: *region}
        ttl: 30d
        grace: 90d
        negative_ttl: 1h
        tags: ["asin:{asin}"]
        perhaps_not_found: *unsure
        record_target: "{asin}"
      authors:
        help: Authors of a name
        path: /authors
        parameters:
          name: {required: on, help: The name or its beginning}
          region: *region
        ttl: 1d
        grace: 7d
        negative_ttl: 1h
        record_target: "{name}"
      author:
        help: An author
        path: /authors/{asin}
        parameters:
          asin:
            required: on
            pattern: B[0-9A-Z]{9}|[0-9]{9}[0-9X]
            help: The author's number at Audible
          region: *region
        ttl: 7d
        grace: 30d
        negative_ttl: 1h
        tags: ["author:{asin}"]
        perhaps_not_found: *unsure
        record_target: "{asin}"
)yaml";

}  // namespace cairn
