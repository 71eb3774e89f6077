#include "cache/compress.h"

#include <zstd.h>

#include <memory>

namespace cairn {
namespace {

constexpr int kLevel = 1;

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

std::string CompressValue(std::string_view raw) {
  // A context is costly to set up and is one thread's at a time.
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), raw.data(), raw.size(), kLevel);
  // It fails for want of memory alone; what cannot be packed is stored as it is.
  packed.resize(ZSTD_isError(size) != 0 ? 0 : size);
  if (ZSTD_isError(size) != 0) packed = raw;
  return packed;
}

Result<std::string> DecompressValue(std::string_view packed, std::size_t raw_bytes) {
  // The frame says it too: a damaged length must not make us set aside gigabytes.
  if (ZSTD_getFrameContentSize(packed.data(), packed.size()) != raw_bytes) {
    return {StatusCode::kDataLoss, "a compressed value states another length than its entry"};
  }
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string raw(raw_bytes, '\0');
  const std::size_t size = ZSTD_decompressDCtx(context.get(), raw.data(), raw.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) != 0 || size != raw_bytes) {
    return {StatusCode::kDataLoss, std::string("a compressed value: ") + ZSTD_getErrorName(size)};
  }
  return raw;
}

}  // namespace cairn
