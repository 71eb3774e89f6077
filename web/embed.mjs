// node embed.mjs DIST OUT: every file of DIST, whole and packed, one behind the other as OUT/web_assets.bin, and
// OUT/web_assets.cc, which lays that into the program and says what is where.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
// Less than this is not worth a header.
const WORTH_PACKING = 200;

function filesIn(folder, path = '') {
  return readdirSync(join(folder, path))
    .sort()
    .flatMap((name) => {
      const inner = `${path}/${name}`;
      return statSync(join(folder, inner)).isDirectory() ? filesIn(folder, inner) : [inner];
    });
}

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
const pieces = [];
let size = 0;
function add(bytes) {
  pieces.push(bytes);
  const view = `{kBytes + ${size}, ${bytes.length}}`;
  size += bytes.length;
  return view;
}
function addPacked(bytes, packed) {
  return packed.length + WORTH_PACKING < bytes.length ? add(packed) : '{}';
}

const rows = filesIn(dist).map((path) => {
  const bytes = readFileSync(join(dist, path));
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`${path}: what type is it?`);
  const tag = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return `      {"${path}", "${type}", "\\"${tag}\\"", ${add(bytes)}, ${addPacked(bytes, gzip)}, ${addPacked(bytes, brotli)}},`;
});

writeFileSync(join(out, 'web_assets.bin'), Buffer.concat(pieces));
writeFileSync(
  join(out, 'web_assets.cc'),
  `// Made by web/embed.mjs.
#include "server/web_assets.h"

asm(".section .rodata\\n"
    "cairn_web_assets:\\n"
    ".incbin \\"${join(out, 'web_assets.bin')}\\"\\n"
    ".previous\\n");
extern "C" const char kBytes[] asm("cairn_web_assets");

namespace cairn {

std::span<const WebAsset> WebAssets() {
  static const WebAsset assets[] = {
${rows.join('\n')}
  };
  return assets;
}

}  // namespace cairn
`,
);
