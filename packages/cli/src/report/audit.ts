import { hasErrors } from '@mi-patterns/inventory';
import type { Audit, AuditedWorkload, AuditFinding, Moment } from '@mi-patterns/audit';
import {
  type AuditedPlace,
  answer,
  lookedAt,
  momentTitles,
  podsOf,
  riskWords,
  statefulCount,
} from '../output/audit.ts';
import { formatSource, severityWords } from '../output/diagnostics.ts';
import { escapeMarkup as text } from '../output/markup.ts';
import { style } from './style.ts';

const ownStyle = `
.risk-twice{background:var(--orange);font-weight:700}.risk-maybe,.risk-shared,.risk-unknown{background:var(--yellow)}.risk-none,.risk-coordinated{background:var(--blue)}
.verdict{border-left:6px solid var(--line);background:var(--card);border-radius:8px;padding:14px 18px;font-size:18px;margin:16px 0 20px}
.verdict.bad{border-left-color:var(--error)}.verdict.good{border-left-color:var(--info)}
.workloads th:first-child{width:34%}.workloads th:nth-child(2),.workloads th:nth-child(3),.workloads th:nth-child(4){width:8.5%}
dl{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:4px 16px;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:900px){.workloads tr{display:grid;grid-template-columns:repeat(4,1fr);padding:8px 7px}.workloads td{padding:3px 7px}
.workloads td:first-child{grid-column:1/-1}.workloads td:first-child::before{content:none}.workloads td:nth-child(5){grid-column:1}.workloads .tag{padding:1px 7px;white-space:normal}
dl{display:block}dd{margin-bottom:10px}}
`;

/**
 * One HTML page that needs nothing else: the answer, a row for each workload, each finding with what it follows from
 * and the way out.
 */
export function auditToHtml(audit: Audit, place: AuditedPlace): string {
  const isBad = hasErrors(audit.findings);
  const title = `What runs twice in ${place.namespace ?? place.context}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${style}${ownStyle}</style>
</head>
<body>
<main>
<h1>${text(title)}</h1>
<p class="verdict ${isBad ? 'bad' : 'good'}">${text(answer(audit, place))}</p>
<p class="soft">A task, a consumer of files or mail, or a message processor works in <em>every</em> pod that deploys it. Where two pods
deploy it, its work is done twice: a payment is sent twice, a file is read twice.</p>
<h2 id="workloads">Workloads</h2>
${table(audit.workloads)}
${legend}
<h2 id="findings">Findings</h2>
${findings(audit.findings)}
<h2 id="artifacts">Stateful artifacts</h2>
${artifacts(audit.workloads)}
<h2 id="scope">What was looked at</h2>
<p>${text(lookedAt(audit))}.</p>
${signs(audit.workloads)}
</main>
</body>
</html>
`;
}

const legend = `<p class="soft"><span class="tag risk-twice">TWICE</span> works in several pods. <span class="tag risk-maybe">maybe twice</span> a class
or value decides that nobody can read. <span class="tag risk-shared">shared</span> several pods consume, the broker gives each message to one.
<span class="tag risk-coordinated">by database</span> a coordination database picks one pod. <span class="tag risk-none">once</span> one pod at a time.
<span class="tag risk-unknown">?</span> not known.</p>`;

function table(workloads: readonly AuditedWorkload[]): string {
  if (workloads.length === 0) return '<p class="soft">None.</p>';
  const heads = ['Workload', 'Pods', 'MI', 'Stateful', ...Object.values(momentTitles).map(sentence)];
  const row = (workload: AuditedWorkload): string => {
    const cells = [
      `<code>${text(workload.id)}</code>`,
      text(podsOf(workload)),
      text(workload.runtimeVersion ?? '?'),
      statefulCount(workload),
      ...(Object.keys(momentTitles) as Moment[]).map((moment) => riskCell(workload, moment)),
    ];
    return `<tr>${cells.map((cell, index) => `<td data-name="${text(heads[index] ?? '')}">${cell}</td>`).join('')}</tr>`;
  };
  return `<table class="workloads"><thead><tr>${heads.map((head) => `<th scope="col">${text(head)}</th>`).join('')}</tr></thead>
<tbody>${workloads.map(row).join('\n')}</tbody></table>`;
}

function sentence(title: string): string {
  return title.charAt(0) + title.slice(1).toLowerCase();
}

function riskCell({ risks, artifacts: list }: AuditedWorkload, moment: Moment): string {
  const risk = risks[moment];
  return risk === 'none' && list.length === 0 ? '–' : `<span class="tag risk-${risk}">${text(riskWords[risk])}</span>`;
}

function findings(list: readonly AuditFinding[]): string {
  if (list.length === 0) return '<p class="soft">None.</p>';
  const item = ({ severity, code, message, hint, source, workload, field }: AuditFinding): string => {
    const follows = [
      ...(workload === '' ? [] : [`<code>${text(workload)}${field === undefined ? '' : ` ${text(field)}`}</code>`]),
      ...(source === undefined ? [] : [`<code>${text(formatSource(source))}</code>`]),
    ];
    return `<li class="${severity}"><span class="severity">${severityWords[severity]}</span> <code>${text(code)}</code>
<p>${text(message)}</p><p class="soft">→ ${text(hint)}</p>${follows.length === 0 ? '' : `<p>follows from ${follows.join(' and ')}</p>`}</li>`;
  };
  return `<ul class="findings">${list.map(item).join('\n')}</ul>`;
}

function artifacts(workloads: readonly AuditedWorkload[]): string {
  const rows = workloads.flatMap((workload) =>
    workload.artifacts.map(
      ({ id, verdict, source }) =>
        `<tr><td data-name="Artifact"><code>${text(id)}</code></td><td data-name="Workload"><code>${text(workload.id)}</code></td><td data-name="Why">${text(verdict.because)}${source === undefined ? '' : `<code>${text(formatSource(source))}</code>`}</td></tr>`,
    ),
  );
  if (rows.length === 0) return '<p class="soft">None.</p>';
  return `<table><thead><tr><th scope="col">Artifact</th><th scope="col">Workload</th><th scope="col">Why</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function signs(workloads: readonly AuditedWorkload[]): string {
  if (workloads.length === 0) return '';
  return `<dl>${workloads
    .map(
      ({ id, signs: list, image }) =>
        `<dt><code>${text(id)}</code></dt><dd>${text(list.join('; '))}; image <code>${text(image)}</code></dd>`,
    )
    .join('\n')}</dl>`;
}
