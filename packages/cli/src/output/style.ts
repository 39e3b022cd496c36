import { styleText } from 'node:util';
import { safeLine } from './sink.ts';

type Format = Parameters<typeof styleText>[0];

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Functions that colour text, or leave it alone when `colour` is false. */
export function createStyle(colour: boolean): Style {
  const format = (name: Format) => (text: string) =>
    colour ? styleText(name, safeLine(text), { validateStream: false }) : safeLine(text);
  return {
    bold: format('bold'),
    dim: format('dim'),
    red: format('red'),
    yellow: format('yellow'),
    green: format('green'),
    cyan: format('cyan'),
  };
}
