import { setTimeout as sleep } from 'node:timers/promises';
import { watchEvent } from './event.ts';
import { podStates, serving } from './pods.ts';
import type { Intent } from './charts.ts';
import { withVersion } from './server.ts';
import type { Proof } from './stateless.ts';

/**
 * Seconds that a wrong release is given; it can never become ready. Enough for the cause to show: a server must start
 * and end, an image is refused at once.
 */
const patience = { server: 60, image: 20 } as const;

/**
 * A release that cannot work: the rollout has to stop, the old pods have to go on serving, and the message has to name
 * the cause. Afterwards the right release is applied again.
 */
const refusal = (name: string, seconds: number, wrong: (intent: Intent) => Intent): Proof => ({
  name,
  run: (stage) =>
    watchEvent(stage, { pattern: 'any', event: name, load: true }, async () => {
      let message = 'the wrong release was accepted';
      try {
        await stage.chart.apply(stage.target, stage.namespace, wrong(stage.intent), seconds);
      } catch (error) {
        message = shorten(error instanceof Error ? error.message : String(error));
      }
      const pods = await podStates(stage.target.api, stage.namespace, stage.chart.stateless);
      const waiting = [...new Set(pods.flatMap((pod) => pod.waiting))].join(', ');
      const lastWords = [...new Set(pods.flatMap((pod) => pod.lastWords.map(causeIn)))].join(', ');
      const oldPodsServing = serving(pods).length;
      await stage.chart.apply(stage.target, stage.namespace, stage.intent, 600);
      await sleep(1000);
      return { oldPodsServing, message: [lastWords, waiting, message].filter(Boolean).join('; ') };
    }),
});

export const refusals: readonly Proof[] = [
  refusal('image that does not exist', patience.image, (intent) => ({
    ...intent,
    image: { ...intent.image, tag: 'missing' },
  })),
  refusal('configuration that MI cannot read', patience.server, (intent) => ({ ...intent, brokenConfiguration: true })),
  refusal('faulty archive', patience.server, (intent) => withVersion(intent, 'faulty')),
];

/** The line of a container's last words that names an error, else the last one. */
function causeIn(words: string): string {
  const lines = words.trim().split('\n');
  return (lines.findLast((line) => /ERROR|FATAL|Exception|cannot/.test(line)) ?? lines.at(-1) ?? '')
    .trim()
    .slice(0, 200);
}

/** The last sentence of Helm's error is its cause; what comes before is the command. */
function shorten(message: string): string {
  const lines = message.split('\n').filter((line) => !/^[IWE]\d{4} |level=/.test(line));
  return (lines.find((line) => line.includes('Error:')) ?? lines.at(-1) ?? '').replace(/^.*?Error: /, '').slice(0, 300);
}
