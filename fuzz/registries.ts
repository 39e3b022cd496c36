import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inFolder, program, run } from './command.ts';
import { each, type FuzzClass } from './harness.ts';
import type { Random } from './mutate.ts';
import { project } from './project.ts';

/** What a registry, or what stands before it, may answer to anything. */
function misbehave(next: Random): (response: ServerResponse) => void {
  const status = next.pick([200, 201, 202, 301, 307, 401, 403, 404, 429, 500, 503]);
  const headers = next.pick<Record<string, string>>([
    {},
    { location: next.pick(['', '/', 'http://[', 'file:///etc/passwd', '//127.0.0.1:9/', 'x'.repeat(5000)]) },
    {
      'www-authenticate': next.pick([
        '',
        'Basic',
        'Bearer',
        'Bearer realm="x"',
        'Bearer realm="http://127.0.0.1:9/t",service="s"',
        'Digest x',
        'Bearer realm="' + 'x'.repeat(4000) + '"',
      ]),
    },
    { 'docker-content-digest': next.pick(['sha256:0', 'x', '']), 'content-length': '5' },
    { 'content-type': 'text/html' },
  ]);
  const body = next.pick([
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"errors":[{"code":"X","message":"\\u001b[31m::error::"}]}',
    '{"token":1}',
    '<html>',
    'x'.repeat(200_000),
    '\u001b[2J\n::error::x',
  ]);
  const kind = next.below(8);
  return (response) => {
    if (kind === 0) response.socket?.destroy();
    else {
      response.writeHead(status, headers);
      if (kind === 1) response.write(body.slice(0, 10), () => response.socket?.destroy());
      else response.end(body);
    }
  };
}

/** Pushes to registries that answer nonsense: a code and a place, at once, and the package is whole. */
export const registries: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => Array.from({ length: 4 }, () => misbehave(next)));
  // A registry that is busy, or does not go on, is asked again after a while.
  const patience = 4;
  const read = async (answers: (typeof inputs)[number]): Promise<void> => {
    let request = 0;
    const server = createServer((_, response) => {
      response.on('error', () => {});
      answers[request++ % answers.length]?.(response);
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    try {
      await inFolder(project, async (folder) => {
        await run(
          program,
          [
            'package',
            'p',
            '--out',
            'o',
            '--format',
            'volume',
            '--push',
            `127.0.0.1:${(server.address() as AddressInfo).port}/a/b`,
          ],
          folder,
          patience,
        );
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const { faults } = await each(inputs, read, patience);
  return { faults, differences: [], oracle: 'no oracle' };
};
