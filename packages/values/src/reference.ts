/** True for a text that says nothing itself: the server puts in what it refers to, `$env{NAME}` or `$secret{alias}`. */
export function isReference(value: string): boolean {
  return /^(?:\$\w+\s*\{[^}]*\}[^\w$]*)+$/.test(value);
}
