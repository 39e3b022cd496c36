import { createServer } from 'node:net';

/** The blocks: below the ports that Linux gives to outgoing connections, which could take one at any time. */
const [first, last] = [11_200, 31_200];

/**
 * A block of a hundred ports for servers that have to be told theirs: answers its first one. Who has a block listens
 * on that port until the process ends, so that nobody else on this machine gets the same, neither another file of
 * tests nor another checkout. `used` are the ports that are wanted, counted from the first; they are free now.
 */
export async function reservePorts(used: readonly number[]): Promise<number> {
  for (let block = first; block < last; block += 100) {
    if (!(await listensOn(block, true))) continue;
    const free = await Promise.all(used.map((port) => listensOn(block + port, false)));
    if (free.every(Boolean)) return block;
  }
  throw new Error('no free ports for a server');
}

/** Whether a port could be listened on, at all addresses or for good at that of the loopback interface alone. */
function listensOn(port: number, forGood: boolean): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    if (forGood) server.listen({ port, host: '127.0.0.1' }, () => done(true)).unref();
    else server.listen(port, () => server.close(() => done(true)));
  });
}
