// How much slower one answer becomes when there is more. Nobody else asks, so it is the work of an answer that is compared, not
// how many fit at once.
import { request, Agent } from 'node:http';
import { median } from './median.mjs';

const WARM_UP_SECONDS = 5;

/**
 * Measures a small and a large database in turn: A B, B A, A B … Reported is the median of the rounds' ratios.
 * @param {string} title
 * @param {{small: object, large: object}} sides each `{server, reader, requests}`: a request is `{path, method, body, headers}`,
 *   or a function that makes the next one
 * @param {{seconds: number, count?: number, rounds: number, atMost: number}} options `count`: so many requests instead of so
 *   many seconds, for what leaves something behind
 */
export async function compareGrowth(title, sides, { seconds, count, rounds, atMost, say }) {
  for (const name of ['small', 'large']) await medianMs(sides[name], { seconds: WARM_UP_SECONDS, count });
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    const figures = {};
    for (const name of round % 2 === 0 ? ['small', 'large'] : ['large', 'small'])
      figures[name] = await medianMs(sides[name], { seconds, count });
    taken.push(figures);
    say(`${title} ${round + 1}/${rounds}: ${figures.small.toFixed(2)} / ${figures.large.toFixed(2)} ms`);
  }
  const ratios = taken.map(({ small, large }) => large / small);
  return {
    title,
    small: median(taken.map(({ small }) => small)),
    large: median(taken.map(({ large }) => large)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    atMost,
  };
}

export function reportGrowth(results) {
  console.log(
    '| scenario | p50 ms, small | p50 ms, large | grows | (range) | target |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const { title, small, large, ratio, lowest, highest, atMost } of results)
    console.log(
      `| ${title} | ${small.toFixed(2)} | ${large.toFixed(2)} | ${ratio.toFixed(2)}${ratio < atMost ? '' : ' ✗'} ` +
        `| ${lowest.toFixed(2)}–${highest.toFixed(2)} | < ${atMost} |`,
    );
}

/** One request after the other, on one connection: the median of what each took, in milliseconds. */
async function medianMs({ server, requests, reader }, { seconds, count = Infinity }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken = [];
  const until = count === Infinity ? performance.now() + seconds * 1000 : Infinity;
  try {
    while (taken.length < count && performance.now() < until) {
      const asked = typeof requests === 'function' ? requests() : requests[taken.length % requests.length];
      const began = performance.now();
      await ask(server.url, asked, reader, agent);
      taken.push(performance.now() - began);
    }
  } finally {
    agent.destroy();
  }
  return median(taken);
}

function ask(url, { path, method = 'GET', body, headers }, reader, agent) {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(
      url + path,
      { agent, method, headers: { authorization: `Bearer ${reader.token}`, ...type, ...headers } },
      (answer) => {
        answer.resume();
        answer.once('error', reject);
        answer.once('end', () =>
          answer.statusCode >= 200 && answer.statusCode < 300
            ? resolve()
            : reject(new Error(`${path}: ${answer.statusCode}`)),
        );
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}
