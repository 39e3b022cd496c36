/** Text for an attribute in double quotes. Names and versions mostly need no escape. */
export function escapeAttribute(text: string): string {
  if (!/[&<>"\t\r\n]/.test(text)) return text;
  return escapeText(text)
    .replaceAll('"', '&quot;')
    .replace(/[\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text for an element's content. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** ` name="value"` for each attribute that has a value. */
export function attributes(values: Readonly<Record<string, string | undefined>>): string {
  let written = '';
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) written += ` ${name}="${escapeAttribute(value)}"`;
  return written;
}
