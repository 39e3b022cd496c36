import { printable } from '@mi-patterns/inventory';

/** Text made safe for HTML and SVG, in content and in attributes. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
