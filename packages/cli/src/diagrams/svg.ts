import type { Plan, Workload } from '@mi-patterns/planner';
import { escapeMarkup } from '../output/markup.ts';
import { planTitle, servesRequests, workloadLines } from './text.ts';

const card = { width: 300, gap: 28, padding: 16, line: 18, header: 74, perRow: 3 } as const;
const margin = 32;
const titleHeight = 64;
/** Characters of the small font that fit into a card. */
const charactersPerLine = 38;

const colours = {
  stateless: { fill: '#eef4fd', stroke: '#2563a8', text: '#12365f' },
  stateful: { fill: '#fdf3e7', stroke: '#b45309', text: '#5f3a12' },
} as const;

/** The plan as a picture: one card a workload, its pods, its entry points, and which ones requests reach. */
export function planToSvg(plan: Plan): string {
  const rows = chunk(plan.workloads, card.perRow);
  const columns = Math.max(1, Math.min(card.perRow, plan.workloads.length));
  const width = Math.max(560, margin * 2 + columns * card.width + (columns - 1) * card.gap);
  let top = titleHeight + margin;
  const body: string[] = [];
  for (const row of rows) {
    const height = Math.max(...row.map(cardHeight));
    row.forEach((workload, column) => body.push(drawCard(workload, margin + column * (card.width + card.gap), top, height)));
    top += height + card.gap;
  }
  const height = top - card.gap + margin + 22;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(planTitle(plan))}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${margin}" y="42" font-size="20" font-weight="600" fill="#1c2733">${escapeMarkup(planTitle(plan))}</text>`,
    `<text x="${margin}" y="64" font-size="13" fill="#5b6875">${escapeMarkup(shorten(plan.patternBecause, Math.floor((width - 2 * margin) / 6.6)))}</text>`,
    ...body,
    legend(height - 18),
    '</svg>',
    '',
  ].join('\n');
}

function cardHeight(workload: Workload): number {
  return card.header + workloadLines(workload).entryPoints.length * card.line + card.padding;
}

function drawCard(workload: Workload, x: number, y: number, height: number): string {
  const { heading, entryPoints } = workloadLines(workload);
  const colour = colours[workload.type];
  const pods = Math.min(workload.replicas, 6);
  const parts = [
    `<g><title>${escapeMarkup(workload.because)}</title>`,
    `<rect x="${x}" y="${y}" width="${card.width}" height="${height}" rx="10" fill="${colour.fill}" stroke="${colour.stroke}" stroke-width="1.5"/>`,
    `<text x="${x + card.padding}" y="${y + 26}" font-size="15" font-weight="600" fill="${colour.text}">${escapeMarkup(shorten(heading, 32))}</text>`,
  ];
  for (let pod = 0; pod < pods; pod += 1) {
    parts.push(`<rect x="${x + card.padding + pod * 26}" y="${y + 38}" width="20" height="20" rx="4" fill="${colour.stroke}"/>`);
  }
  const podText = workload.replicas > pods ? `× ${workload.replicas}` : workload.type === 'stateful' ? 'one at a time' : workload.replicas === 1 ? 'pod' : 'pods';
  parts.push(`<text x="${x + card.padding + pods * 26 + 4}" y="${y + 53}" font-size="13" fill="${colour.text}">${podText}</text>`);
  if (servesRequests(workload)) {
    parts.push(`<text x="${x + card.width - card.padding}" y="${y + 53}" font-size="12" fill="${colour.text}" text-anchor="end">◂ requests</text>`);
  }
  entryPoints.forEach((id, index) => {
    parts.push(`<text x="${x + card.padding}" y="${y + card.header + 10 + index * card.line}" font-size="12.5" font-family="ui-monospace, Menlo, Consolas, monospace" fill="#28333e">${escapeMarkup(shorten(id, charactersPerLine))}</text>`);
  });
  return `${parts.join('\n')}\n</g>`;
}

function legend(y: number): string {
  const entry = (x: number, colour: (typeof colours)['stateless' | 'stateful'], text: string): string =>
    `<rect x="${x}" y="${y - 11}" width="12" height="12" rx="3" fill="${colour.stroke}"/><text x="${x + 18}" y="${y}" font-size="12" fill="#5b6875">${text}</text>`;
  return entry(margin, colours.stateless, 'scales: any number of pods') + entry(margin + 220, colours.stateful, 'isolated: one active pod');
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
