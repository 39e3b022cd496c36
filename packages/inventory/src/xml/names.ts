/** Names that were met, by a hash of a few of their characters: a file has few different ones. */
const met: (string | undefined)[] = Array.from({ length: 1024 });

/** Longer ones are made anew: what is kept here must stay small. */
const longest = 24;

/**
 * Returns the text between two offsets, which hold a name. Names come again and again, and one copy for all costs
 * neither memory nor, where they are looked up, another hash.
 */
export function sharedName(text: string, start: number, end: number): string {
  const length = end - start;
  if (length > longest) return text.slice(start, end);
  const hash =
    (length * 61 +
      text.charCodeAt(start) * 7 +
      text.charCodeAt(end - 1) * 31 +
      text.charCodeAt(start + (length >> 1))) &
    1023;
  const known = met[hash];
  if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
  return (met[hash] = asLiteral(text.slice(start, end)));
}

/**
 * The same text as V8 keeps it where a program has it as a literal or as the name of a property: comparing it with such
 * a one compares two addresses, and it is no view of a whole file's text. Not for names that are made of digits.
 */
export function asLiteral(text: string): string {
  for (const key in { [text]: undefined }) return key;
  return text;
}

/**
 * The list with one more at its end. Short lists get no room to grow, which V8 makes 17 places wide at the first
 * `push`.
 */
export function withOneMore<Item>(list: Item[], item: Item): Item[] {
  // Indexed, since taking an array apart goes through its iterator.
  if (list.length === 0) return [item];
  if (list.length === 1) return [list[0] as Item, item];
  if (list.length === 2) return [list[0] as Item, list[1] as Item, item];
  if (list.length === 3) return [list[0] as Item, list[1] as Item, list[2] as Item, item];
  if (list.length === 4) return [list[0] as Item, list[1] as Item, list[2] as Item, list[3] as Item, item];
  list.push(item);
  return list;
}
