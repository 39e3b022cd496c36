import type { Plan, Workload } from '@mi-patterns/planner';
import { escapeMarkup } from '../output/markup.ts';
import { fitText } from './fit.ts';
import { planTitle, servesRequests, workloadLines } from './text.ts';

const card = { width: 320, gap: 24, padding: 16, line: 18, header: 74, columns: 3 } as const;
const inner = card.width - 2 * card.padding;
const margin = 32;

const colours = {
  stateless: { fill: '#eef4fd', stroke: '#2563a8', text: '#12365f' },
  stateful: { fill: '#fdf3e7', stroke: '#b45309', text: '#5f3a12' },
} as const;

/** Attributes hold the light colours, so that a viewer without styles shows them; readers with a dark screen get these. */
const darkStyle = `<style>@media (prefers-color-scheme:dark){.mi-page{fill:#131a22}.mi-title{fill:#e6edf3}.mi-note{fill:#9fb0c0}.mi-item{fill:#d3dde6}.mi-stateless{fill:#15263b;stroke:#6ea8e5}.mi-stateful{fill:#33230f;stroke:#e0a05a}.mi-pod-stateless{fill:#6ea8e5}.mi-pod-stateful{fill:#e0a05a}.mi-text-stateless{fill:#bcd8f7}.mi-text-stateful{fill:#f5d3a8}}</style>`;

/**
 * The plan as a picture: one card a workload with its pods, its entry points, and whether requests reach it. `heading: false`
 * leaves out title and reason, for a page that shows them itself.
 */
export function planToSvg(plan: Plan, options: { readonly heading: boolean } = { heading: true }): string {
  const columns = Math.max(1, Math.min(card.columns, plan.workloads.length));
  const width = Math.max(560, margin * 2 + columns * card.width + (columns - 1) * card.gap);
  // Each card goes below the shortest column, so that one long card leaves no hole beside it.
  const ends = Array.from({ length: columns }, () => (options.heading ? 96 : margin - 8));
  const body = plan.workloads.map((workload) => {
    const column = ends.indexOf(Math.min(...ends));
    const top = ends[column] ?? 0;
    ends[column] = top + cardHeight(workload) + card.gap;
    return drawCard(workload, margin + column * (card.width + card.gap), top);
  });
  const height = Math.max(...ends) - card.gap + margin + 22;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(planTitle(plan))}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    darkStyle,
    `<rect class="mi-page" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...(options.heading ? [heading(plan, width - 2 * margin)] : []),
    ...body,
    legend(height - 18),
    '</svg>',
    '',
  ].join('\n');
}

function heading(plan: Plan, room: number): string {
  return [
    `<text class="mi-title" x="${margin}" y="42" font-size="20" font-weight="600" fill="#1c2733">${escapeMarkup(planTitle(plan))}</text>`,
    `<text class="mi-note" x="${margin}" y="66" font-size="13" fill="#5b6875">${escapeMarkup(fitText(plan.patternBecause, room * 1.12, 13))}</text>`,
  ].join('\n');
}

function cardHeight(workload: Workload): number {
  return card.header + workloadLines(workload).entryPoints.length * card.line + card.padding;
}

function drawCard(workload: Workload, x: number, y: number): string {
  const { heading: name, entryPoints } = workloadLines(workload);
  const { type } = workload;
  const colour = colours[type];
  const pods = Math.min(workload.replicas, 6);
  const left = x + card.padding;
  const words = (at: number, line: number, size: number, text: string, more = ''): string =>
    `<text class="mi-text-${type}" x="${at}" y="${y + line}" font-size="${size}" fill="${colour.text}"${more}>${escapeMarkup(text)}</text>`;
  const podText =
    workload.replicas > pods
      ? `× ${workload.replicas}`
      : type === 'stateful'
        ? 'one at a time'
        : workload.replicas === 1
          ? 'pod'
          : 'pods';
  return [
    `<g><title>${escapeMarkup(`${workload.name}: ${workload.because}`)}</title>`,
    `<rect class="mi-${type}" x="${x}" y="${y}" width="${card.width}" height="${cardHeight(workload)}" rx="10" fill="${colour.fill}" stroke="${colour.stroke}" stroke-width="1.5"/>`,
    words(left, 26, 15, fitText(name, inner, 15, 'bold'), ' font-weight="600"'),
    ...Array.from(
      { length: pods },
      (_, pod) =>
        `<rect class="mi-pod-${type}" x="${left + pod * 26}" y="${y + 38}" width="20" height="20" rx="4" fill="${colour.stroke}"/>`,
    ),
    words(left + pods * 26 + 4, 53, 13, podText),
    ...(servesRequests(workload)
      ? [words(x + card.width - card.padding, 53, 12, '◂ requests', ' text-anchor="end"')]
      : []),
    ...entryPoints.map(
      (id, index) =>
        `<text class="mi-item" x="${left}" y="${y + card.header + 10 + index * card.line}" font-size="12.5" font-family="ui-monospace, Menlo, Consolas, monospace" fill="#28333e">${escapeMarkup(fitText(id, inner, 12.5, 'mono'))}</text>`,
    ),
    '</g>',
  ].join('\n');
}

function legend(y: number): string {
  const entry = (x: number, type: keyof typeof colours, text: string): string =>
    `<rect class="mi-pod-${type}" x="${x}" y="${y - 11}" width="12" height="12" rx="3" fill="${colours[type].stroke}"/><text class="mi-note" x="${x + 18}" y="${y}" font-size="12" fill="#5b6875">${text}</text>`;
  return (
    entry(margin, 'stateless', 'scales: any number of pods') +
    entry(margin + 220, 'stateful', 'isolated: one active pod')
  );
}
