import type { Plan } from '@mi-patterns/planner';
import { planToDot } from './dot.ts';
import { planToMermaid } from './mermaid.ts';
import { planToSvg } from './svg.ts';

const formats: Readonly<Record<string, (plan: Plan) => string>> = {
  '.svg': (plan) => planToSvg(plan),
  '.mmd': planToMermaid,
  '.dot': planToDot,
};

/** The endings `--diagram` takes. */
export const diagramEndings = Object.keys(formats);

/** The plan drawn in the format that the file's ending names; undefined for an ending there is no format for. */
export function drawPlan(plan: Plan, file: string): string | undefined {
  const ending = file.slice(file.lastIndexOf('.')).toLowerCase();
  return formats[ending]?.(plan);
}
