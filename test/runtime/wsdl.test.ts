import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readProjectText } from '../support/projects.ts';
import { car } from './car.ts';
import { findRuntime, type Server, startServer } from './server.ts';

const runtime = findRuntime();
if ('missing' in runtime) console.warn(`Addresses in WSDLs are not seen on a real server: ${runtime.missing}.`);
const work = mkdtempSync(join(tmpdir(), 'mi-wsdl-'));
let server: Server | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe.skipIf('missing' in runtime)(
  'the address in a WSDL on a real Micro Integrator (4.3.0, built from source) (skipped without its classes)',
  () => {
    test('is the name of the machine, whatever hostname says, unless the listener has a prefix', async () => {
      if ('missing' in runtime) throw new Error(runtime.missing);
      const archive = join(work, 'quotes.car');
      const content = readProjectText('wsdl.txt').files.get(
        'a-quotes/src/main/wso2mi/artifacts/proxy-services/Inline.xml',
      );
      writeFileSync(
        archive,
        await car('quotes', [{ name: 'QuoteInline', type: 'synapse/proxy-service', content: content ?? '' }]),
      );
      server = await startServer(runtime, {
        archives: [archive],
        hostname: 'orders.example.com',
        toml: '[transport.http]\nlistener.wsdl_epr_prefix = "https://api.example.com/soap"\n',
      });
      const answer = await fetch(`${server.http}/services/QuoteInline?wsdl`, { signal: AbortSignal.timeout(60_000) });
      const places = [...(await answer.text()).matchAll(/location="(https?:[^"]+)"/g)].map(([, place = '']) =>
        place.replace(/:\d+(?=\/)/, '').replace(/\/services\/.*/, ''),
      );
      expect(new Set(places)).toEqual(new Set(['https://api.example.com/soap', `https://${hostname()}`]));
    });
  },
);
