import type { Flow } from '@mi-patterns/planner';
import { createStyle } from '../output/style.ts';
import { flowToDot } from './dot.ts';
import { flowToMermaid } from './mermaid.ts';
import { flowToSvg } from './svg.ts';
import { flowToText } from './terminal.ts';

/** What a drawing is called, and why it is as it is. */
export interface Heading {
  readonly title: string;
  readonly because: string;
}

const formats: Readonly<Record<string, (flow: Flow, heading: Heading) => string>> = {
  '.svg': (flow, { title, because }) => flowToSvg(flow, title, because),
  '.mmd': (flow, { title }) => flowToMermaid(flow, title),
  '.dot': (flow, { title }) => flowToDot(flow, title),
  '.txt': (flow, { title }) => `${[title, '', ...flowToText(flow, createStyle(false))].join('\n')}\n`,
};

/** The endings `--diagram` takes. */
export const diagramEndings = Object.keys(formats);

/** The flow drawn in the format that the file's ending names; undefined for an ending there is no format for. */
export function drawFlow(flow: Flow, heading: Heading, file: string): string | undefined {
  const ending = file.slice(file.lastIndexOf('.')).toLowerCase();
  return formats[ending]?.(flow, heading);
}
