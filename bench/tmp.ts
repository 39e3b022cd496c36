import { registryImages } from '../packages/delivery/src/registry/registry-image.ts';
import { decompressed } from '../packages/inventory/src/image/decompress.ts';
import { openBlobs } from '../packages/inventory/src/image/open-blobs.ts';
import { eachTarEntry } from '../packages/inventory/src/image/tar.ts';
const [mode, host] = process.argv.slice(2);
const store = await registryImages({ environment: process.env, plainHttp: false })(`${host}/acme/orders:1`);
const image = await openBlobs('x', store);
const t = process.cpuUsage();
let n = 0;
for (const layer of image.layers) {
  const stored = mode === 'blob' ? store.blob(layer as never) : layer.open();
  if (mode === 'blob' || mode === 'verified') for await (const c of stored) n += c.length;
  else if (mode === 'gunzip') for await (const c of decompressed(stored)) n += c.length;
  else await eachTarEntry(decompressed(stored), () => ((n += 1), undefined));
}
const u = process.cpuUsage(t);
console.log(mode, n, 'cpu', (u.user + u.system) / 1000);
process.exit(0);
