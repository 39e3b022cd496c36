/**
 * An upper bound of how deep a YAML text is nested, found without parsing it: open brackets, steps of indentation, and
 * `- ` or `? ` at the start of a line. Text in quotes and blocks counts as well, so the bound may be too high, never
 * too low. The parser recurses; at the end of the stack V8 may end the whole process, so depth is checked before.
 */
export function nestingBound(text: string): number {
  const indents: number[] = [];
  let brackets = 0;
  let deepest = 0;
  for (const line of text.split('\n')) {
    const start = /^[ \t]*((?:[-?:][ \t]+)*)/.exec(line);
    const lead = start?.[0] ?? '';
    if (lead.length >= line.trimEnd().length && (start?.[1] ?? '') === '') continue;
    const indent = lead.length - (start?.[1] ?? '').length;
    while (indents.length > 0 && (indents.at(-1) ?? 0) >= indent) indents.pop();
    indents.push(indent);
    const compact = (start?.[1] ?? '').replace(/[ \t]/g, '').length;
    let open = brackets;
    for (let index = lead.length; index < line.length; index += 1) {
      const character = line.charCodeAt(index);
      if (character === 0x5b || character === 0x7b) open += 1;
      else if ((character === 0x5d || character === 0x7d) && open > 0) open -= 1;
      if (open > brackets) deepest = Math.max(deepest, indents.length + compact + open);
    }
    brackets = open;
    deepest = Math.max(deepest, indents.length + compact + brackets);
  }
  return deepest;
}
