const columnsOf = (one, other) => [
  '',
  `${one} rps`,
  `${other} rps`,
  'ratio',
  '(range)',
  'target',
  `${one} p50/p99 ms`,
  `${other} p50/p99 ms`,
  `${one} µs`,
  `${other} µs`,
];

/** A Markdown table, which is what bench/README.md wants. */
export function report(results, names = ['product', 'raw']) {
  const columns = columnsOf(...names);
  const ms = ({ p50, p99 }) => (p50 === null ? '' : `${p50} / ${p99}`);
  // Processor time of one request: the server's, PostgreSQL's, the client's.
  const cpu = ({ cpu: parts }) => parts.map((part) => part.toFixed(0)).join(' + ');
  const rows = results.map((result) => [
    result.title,
    result.product.rps.toFixed(0),
    result.raw.rps.toFixed(0),
    `${result.ratio.toFixed(2)}${result.ratio < result.target ? ' ✗' : ''}`,
    `${result.lowest.toFixed(2)}–${result.highest.toFixed(2)}`,
    `≥ ${result.target}`,
    ms(result.product),
    ms(result.raw),
    cpu(result.product),
    cpu(result.raw),
  ]);
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index].length)));
  const line = (cells) => `| ${cells.map((cell, index) => cell.padEnd(widths[index])).join(' | ')} |`;
  console.log([line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'));
}
