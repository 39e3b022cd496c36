/**
 * The first tab inside of double quotes, by line and column from 1. TOML 1.0 allows it; the parser of MI (cava-toml
 * 0.5.0) refuses it in texts of one line, of several, and in keys, and the server does not start. For text that is
 * known to be valid TOML.
 */
export function tabInQuotes(text: string): { readonly line: number; readonly column: number } | undefined {
  const tokens = /#[^\n]*|'''[^]*?(?:'''|$)|'[^'\n]*'?|"""(?:\\[^]|(?!""")[^\\])*(?:""")?|"(?:\\.|[^"\\\n])*"?/g;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    const tab = token.startsWith('"') ? token.indexOf('\t') : -1;
    if (tab >= 0) return placeOf(text, index + tab);
  }
  return undefined;
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
