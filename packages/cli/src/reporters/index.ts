import type { Reporter } from './reporter.ts';

/** Formats of `--format`. `text` and `json` are written by the commands themselves, the rest from the JSON document. */
export const outputFormats = ['text', 'json', 'sarif', 'github', 'junit'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** The reporters, loaded when they are asked for. */
export const reporters: Readonly<Record<Exclude<OutputFormat, 'text' | 'json'>, () => Promise<Reporter>>> = {
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  junit: async () => (await import('./junit.ts')).junit,
};

/** Whether a word is one of the formats. */
export function isOutputFormat(word: unknown): word is OutputFormat {
  return (outputFormats as readonly unknown[]).includes(word);
}
