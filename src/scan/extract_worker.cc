#include "scan/extract_worker.h"

#include <charconv>

#include "extract/extracted_codec.h"

namespace cairn {

std::string EncodeExtractRequest(const ExtractRequest& request) {
  std::string out = std::to_string(request.size);
  out += '\0';
  out += request.type;
  out += '\0';
  return out += request.file_name;
}

WorkerJob ExtractJob(const ExtractLimits& limits) {
  return [limits](int fd, std::string_view request, const std::function<Status()>& keep_going) -> Result<std::string> {
    const std::size_t first = request.find('\0');
    const std::size_t second = request.find('\0', first + 1);
    if (second == std::string_view::npos) return Status(StatusCode::kInternal, "no request");
    std::uint64_t size = 0;
    std::from_chars(request.data(), request.data() + first, size);
    ExtractContext context;
    context.type = request.substr(first + 1, second - first - 1);
    context.file_name = request.substr(second + 1);
    context.limits = limits;
    context.keep_going = keep_going;
    const Extractor* extractor = ExtractorFor(context.type);
    if (extractor == nullptr) return Status(StatusCode::kInternal, "no extractor for " + context.type);
    auto extracted = extractor->Extract(DescriptorBytes(fd, size), context);
    if (!extracted) return extracted.error();
    return EncodeExtracted(*extracted);
  };
}

void PrepareExtractors() {
  // Each is asked once, for nothing: what libraries set up on first use (locales, tables) may take files, which a
  // worker cannot open.
  for (const Extractor* extractor : Extractors()) {
    ExtractContext context;
    if (!extractor->types().empty()) context.type = extractor->types().front();
    (void)extractor->Extract(MemoryBytes(std::string(64, ' ')), context);
  }
}

}  // namespace cairn
