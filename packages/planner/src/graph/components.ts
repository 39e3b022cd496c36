/**
 * The number of the strongly connected component of each node: two nodes have the same when each leads to the other. In
 * linear time, after Tarjan, without recursion, since a way may be as long as there are artifacts.
 *
 * @param out the steps that leave a node; nodes without any may be missing.
 */
export function components(nodes: number, out: ReadonlyMap<number, readonly { readonly to: number }[]>): Int32Array {
  const component = new Int32Array(nodes).fill(-1);
  const order = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const next = new Int32Array(nodes);
  const open: number[] = [];
  let entered = 0;
  let found = 0;
  for (const root of out.keys()) {
    if (order[root] !== -1) continue;
    const way = [root];
    for (let node = way.at(-1); node !== undefined; node = way.at(-1)) {
      if (order[node] === -1) {
        order[node] = low[node] = entered++;
        open.push(node);
      }
      const step = out.get(node)?.[next[node] ?? 0];
      if (step !== undefined) {
        next[node] = (next[node] ?? 0) + 1;
        if (order[step.to] === -1) way.push(step.to);
        else if (component[step.to] === -1) low[node] = Math.min(low[node] ?? 0, order[step.to] ?? 0);
        continue;
      }
      way.pop();
      const before = way.at(-1);
      if (before !== undefined) low[before] = Math.min(low[before] ?? 0, low[node] ?? 0);
      if (low[node] !== order[node]) continue;
      for (let member = open.pop(); member !== undefined; member = member === node ? undefined : open.pop())
        component[member] = found;
      found += 1;
    }
  }
  return component;
}
