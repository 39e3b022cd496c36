import type { Artifact, Relation } from '@mi-patterns/inventory';
import { title } from '../verdicts/verdict.ts';

/** `Proxy service`, `Task`. */
export function kindWord(kind: string): string {
  return title({ kind: kind as Artifact['kind'], name: '' })
    .trim()
    .replaceAll('-', ' ');
}

/** The same inside a sentence: `proxy service`, `API`. */
export function inText(kind: string): string {
  const word = kindWord(kind);
  return /^[A-Z]{2}/.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1);
}

/** `12 APIs`, `3 data services`. */
export function countedKind(number: number, kind: string): string {
  const noun = inText(kind);
  return `${number} ${number === 1 ? noun : `${noun.replace(/y$/, 'ie')}s`}`;
}

/** What an artifact is, and what starts its work where it does so by itself. */
export function noteOf({ kind, facts }: Artifact): string {
  const word = kindWord(kind);
  if (facts.kind === 'inbound-endpoint' && facts.protocol !== undefined) return `${word}, ${facts.protocol}`;
  if (facts.kind !== 'task' || facts.trigger === undefined) return word;
  const { interval, cron, once } = facts.trigger;
  if (cron !== undefined) return `${word}, cron ${cron}`;
  if (interval !== undefined) return `${word}, every ${interval} s`;
  return once === 'true' ? `${word}, once at start` : word;
}

/** Short words for an edge; a plain use needs none. */
export const relationWords: Readonly<Record<Relation, string>> = {
  uses: '',
  'stores-into': 'stores',
  'consumes-from': 'takes',
  'injects-into': 'injects',
  'calls-loopback': 'calls',
  'binds-to': 'listens',
  'dispatches-to': 'hands over',
  'offers-tool': 'offers',
  'needs-class': '',
};
