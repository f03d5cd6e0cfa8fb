import { UnsupportedJq, compileJq } from './jq.js';

const event = {
  Event: {
    info: 'x',
    Attribute: [
      { type: 'ip-dst', value: '192.0.2.1' },
      { type: 'url', value: 'y' },
    ],
  },
};

it.each([
  ['.Event.Attribute[] | select(.type == "ip-dst") | .value', ['192.0.2.1']],
  ['.Event.Attribute | length', [2]],
  ['.Event.info | startswith("x"), endswith("y")', [true, false]],
  ['[.Event.Attribute[].type] | contains(["url"])', [true]],
  ['.Event.info | ascii_downcase, (. == "x" | not)', ['x', false]],
])('%s', (path, outputs) => {
  expect(compileJq(path)(event)).toEqual(outputs);
});

it.each(['select', 'contains', 'startswith', 'length(.)', '.Event | endswith', '.a |', '@base64'])(
  'is told of when it is read, and not when it is run: %s',
  (path) => {
    expect(() => compileJq(path)).toThrow(UnsupportedJq);
  },
);

it.each([
  ['what goes on is doubled', `.${' | (., .)'.repeat(45)}`],
  ['what is compared is doubled', `.${' | [., .]'.repeat(45)} == 1`],
  ['what comes out is doubled', `.${' | [., .]'.repeat(45)}`],
  ['what is looked into is doubled', `.${' | [., .]'.repeat(45)} | contains(.)`],
  ['what is written out is doubled', `.${' | [., .]'.repeat(45)} | startswith("a") | not`],
])('ends where %s without end, with nothing or in time', (_, path) => {
  expect(compileJq(path)(event).length).toBeLessThan(2);
});

it('goes through ten thousand attributes', () => {
  const attributes = Array.from({ length: 10_000 }, (_, at) => ({ type: at % 2 ? 'url' : 'ip-dst', value: `v${at}` }));
  const path = '.Event.Attribute[] | select(.type == "url" and (.value | startswith("v9"))) | .value';
  expect(compileJq(path)({ Event: { Attribute: attributes } })).toHaveLength(556);
});
