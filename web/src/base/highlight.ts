/** The text cut where `wanted` stands in it, letters of either case: every second piece is a hit. */
export function cutAtHits(text: string, wanted: string): string[] {
  if (wanted === '') return [text];
  const out: string[] = [];
  const low = text.toLowerCase();
  const find = wanted.toLowerCase();
  // Lower case may be longer than upper: then nothing is marked rather than the wrong letters.
  if (low.length !== text.length) return [text];
  let from = 0;
  for (let at = low.indexOf(find); at >= 0; at = low.indexOf(find, from)) {
    out.push(text.slice(from, at), text.slice(at, at + find.length));
    from = at + find.length;
  }
  out.push(text.slice(from));
  return out;
}
