/**
 * True when the whole text matches a glob in which `*` stands for any run of characters and `?` for one. Artifact ids
 * hold one `/` that means something, so `*` also passes over `/`. Takes time in the product of both lengths at worst,
 * whatever the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let resume = 0;
  while (inText < text.length) {
    const wanted = glob[at];
    if (wanted === '*') {
      star = at++;
      resume = inText;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[inText])) {
      at++;
      inText++;
    } else if (star >= 0) {
      at = star + 1;
      inText = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
