import autocannon from 'autocannon';
import { cpuMsOf } from './cpu.mjs';
import { median } from './median.mjs';

/** Until both are compiled: the product is the larger program. */
const WARM_UP = { seconds: 3, requests: 3_000, atMostSeconds: 30 };

/**
 * Measures the two in turn, each after it was prepared, so that whatever else the machine does hits both: A B, B A, A B … A round's ratio is of its own
 * two measurements; what is reported is the median of the rounds.
 */
export async function compare(scenario, { product, raw, postgresPid, connections, seconds, rounds, isProfiled, say }) {
  const servers = { product, raw };
  for (const server of Object.values(servers)) await warmUp(server, scenario, { connections, postgresPid });
  if (isProfiled)
    for (const server of Object.values(servers)) {
      await server.profile(scenario.name);
      await measure(server, scenario, { connections, seconds, postgresPid });
      await server.profile(scenario.name);
    }
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ['product', 'raw'] : ['raw', 'product'];
    const figures = {};
    for (const name of order)
      figures[name] = await measure(servers[name], scenario, { connections, seconds, postgresPid });
    taken.push({ ...figures, ratio: figures.product.rps / figures.raw.rps });
    say(
      `${scenario.name} ${round + 1}/${rounds}: ${figures.product.rps.toFixed(0)} / ${figures.raw.rps.toFixed(0)} = ` +
        `${taken.at(-1).ratio.toFixed(2)}, µs of processor ${say3(figures.product)} / ${say3(figures.raw)}`,
    );
  }
  const of = (name) => ({
    rps: median(taken.map((round) => round[name].rps)),
    p50: median(taken.map((round) => round[name].p50)),
    p99: median(taken.map((round) => round[name].p99)),
    cpu: ['server', 'postgres', 'client'].map((where) => median(taken.map((round) => round[name].cpu[where]))),
  });
  const ratios = taken.map(({ ratio }) => ratio);
  return {
    title: scenario.title,
    target: scenario.target,
    product: of('product'),
    raw: of('raw'),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}

async function warmUp(server, scenario, options) {
  const until = performance.now() + WARM_UP.atMostSeconds * 1000;
  for (let done = 0; done < WARM_UP.requests && performance.now() < until;)
    done += (await measure(server, scenario, { ...options, seconds: WARM_UP.seconds })).requests;
}

const say3 = ({ cpu }) => `${cpu.server.toFixed(0)}+${cpu.postgres.toFixed(0)}+${cpu.client.toFixed(0)}`;

async function measure(server, { reader, requests }, { connections, seconds, postgresPid }) {
  await server.prepare?.();
  const usedMs = () => ({
    server: cpuMsOf(server.pid),
    postgres: cpuMsOf(postgresPid),
    client: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
  });
  const before = usedMs();
  const result = await autocannon({
    url: server.url,
    connections,
    duration: seconds,
    // Of what is anybody's nobody is asked who it is.
    headers: { ...(reader && { authorization: `Bearer ${reader.token}` }), 'content-type': 'application/json' },
    requests,
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`);
  const after = usedMs();
  return {
    requests: result.requests.total,
    rps: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: Object.fromEntries(
      Object.keys(before).map((where) => [where, ((after[where] - before[where]) * 1000) / result.requests.total]),
    ),
  };
}
