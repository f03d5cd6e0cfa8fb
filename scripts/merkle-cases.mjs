// Writes test/conformance/merkle/*.json: proofs, leaves and checkpoints, good and corrupted, one file a case.
// What it knows of trees is written down straight from RFC 9162, recursively, and shares nothing with src/modules/ledger:
// a corruption that still proves what it says (another size of the same shape) is found out here and left out.
// The same bytes at every run.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../test/conformance/merkle');

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (input) => sha(Buffer.of(0), input);
const nodeOf = (left, right) => sha(Buffer.of(1), left, right);
const split = (n) => 2 ** Math.ceil(Math.log2(n) - 1);

// ── RFC 9162 §2.1, as it is written ─────────────────────────────────────────────────────────────────────────────────

const MTH = (d) =>
  d.length === 0
    ? sha()
    : d.length === 1
      ? d[0]
      : nodeOf(MTH(d.slice(0, split(d.length))), MTH(d.slice(split(d.length))));

function PATH(m, d) {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k ? [...PATH(m, d.slice(0, k)), MTH(d.slice(k))] : [...PATH(m - k, d.slice(k)), MTH(d.slice(0, k))];
}

function SUBPROOF(m, d, b) {
  if (m === d.length) return b ? [] : [MTH(d)];
  const k = split(d.length);
  return m <= k
    ? [...SUBPROOF(m, d.slice(0, k), b), MTH(d.slice(k))]
    : [...SUBPROOF(m - k, d.slice(k), false), MTH(d.slice(0, k))];
}

/** The root that a path leads to, by the shape of the tree; undefined where it has not the length for it. */
function rootBy(index, size, leaf, proof) {
  if (size === 1) return proof.length === 0 ? leaf : undefined;
  if (proof.length === 0) return undefined;
  const k = split(size);
  const last = proof.at(-1);
  const rest = proof.slice(0, -1);
  const inner = index < k ? rootBy(index, k, leaf, rest) : rootBy(index - k, size - k, leaf, rest);
  return inner && (index < k ? nodeOf(inner, last) : nodeOf(last, inner));
}

/** The two roots that a consistency proof leads to. */
function rootsBy(m, n, b, proof, old) {
  if (m === n)
    return b ? (proof.length === 0 ? [old, old] : undefined) : proof.length === 1 ? [proof[0], proof[0]] : undefined;
  if (proof.length === 0) return undefined;
  const k = split(n);
  const last = proof.at(-1);
  const rest = proof.slice(0, -1);
  if (m <= k) {
    const inner = rootsBy(m, k, b, rest, old);
    return inner && [inner[0], nodeOf(inner[1], last)];
  }
  const inner = rootsBy(m - k, n - k, false, rest, old);
  return inner && [nodeOf(last, inner[0]), nodeOf(last, inner[1])];
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0;
const isHash = (h) => h.length === 32;
const holds = {
  inclusion: ({ index, size, leaf, proof, root }) =>
    isCount(index) &&
    isCount(size) &&
    index < size &&
    size < 1e6 &&
    [leaf, root, ...proof].every(isHash) &&
    rootBy(index, size, leaf, proof)?.equals(root) === true,
  consistency: ({ from, to, proof, oldRoot, newRoot }) => {
    if (!isCount(from) || !isCount(to) || from === 0 || from > to || to > 1e6) return false;
    if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
    const roots = rootsBy(from, to, true, proof, oldRoot);
    return roots !== undefined && roots[0].equals(oldRoot) && roots[1].equals(newRoot);
  },
};

// ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const cases = new Map();
const plain = (value) =>
  Buffer.isBuffer(value) ? value.toString('hex') : Array.isArray(value) ? value.map(plain) : value;
function put(kind, name, expected, members) {
  const file = `${expected}-${kind}-${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  if (cases.has(file)) throw new Error(`Two cases are called ${file}`);
  const entries = Object.entries(members).map(([key, value]) => [key, plain(value)]);
  cases.set(file, { kind, name, expected, ...Object.fromEntries(entries) });
}

const flip = (bytes, at = 0) => {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
};
const changed = (list, at, value) => list.map((each, index) => (index === at ? value : each));
const noise = sha(Buffer.from('noise'));

// ── Known trees: the eight leaves of certificate-transparency's tests, and 300 of our own ───────────────────────────

const eight = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => leafOf(Buffer.from(hex, 'hex')),
);
const many = Array.from({ length: 300 }, (_, n) => leafOf(Buffer.from(`leaf ${n}`)));

function inclusion(label, tree, index) {
  const good = { index, size: tree.length, leaf: tree[index], proof: PATH(index, tree), root: MTH(tree) };
  put('inclusion', label, 'accepted', good);
  const bad = (name, change) => {
    const corrupted = { ...good, ...change };
    if (!holds.inclusion(corrupted)) put('inclusion', `${label}, ${name}`, 'refused', corrupted);
  };
  const { size, leaf, proof, root } = good;
  bad('the leaf before', { index: index - 1 });
  bad('the leaf behind', { index: index + 1 });
  bad('another leaf of its pair', { index: index ^ 1 });
  bad('another pair', { index: index ^ 2 });
  bad('behind the tree', { index: size });
  bad('half a leaf on', { index: index + 0.5 });
  bad('a tree of none', { size: 0 });
  bad('a tree that ends before it', { size: index });
  bad('a tree twice as large', { size: size * 2 });
  bad('a tree half as large', { size: Math.floor(size / 2) });
  bad('another leaf', { leaf: flip(leaf) });
  bad('the last bit of the leaf', { leaf: flip(leaf, 31) });
  bad('the root as leaf', { leaf: root, proof: proof.length === 0 ? [root] : proof });
  bad('a leaf of 31 bytes', { leaf: leaf.subarray(1) });
  bad('another root', { root: flip(root) });
  bad('the root of no tree', { root: sha() });
  bad('the leaf as root', { root: proof.length === 0 ? noise : leaf });
  bad('a root of 33 bytes', { root: Buffer.concat([root, Buffer.of(0)]) });
  bad('noise before', { proof: [noise, ...proof] });
  bad('noise behind', { proof: [...proof, noise] });
  bad('the root behind', { proof: [...proof, root] });
  bad('nothing', { proof: proof.length === 0 ? [sha()] : [] });
  for (const [at, hash] of proof.entries()) {
    bad(`bit of hash ${at}`, { proof: changed(proof, at, flip(hash, at)) });
    bad(`without hash ${at}`, { proof: proof.toSpliced(at, 1) });
  }
  if (proof.length > 0) {
    bad('a hash of 31 bytes', { proof: changed(proof, 0, proof[0].subarray(1)) });
    bad('the last hash twice', { proof: [...proof, proof.at(-1)] });
  }
  if (proof.length > 1) bad('backwards', { proof: proof.toReversed() });
}

function consistency(label, tree, from) {
  const to = tree.length;
  const good = { from, to, proof: SUBPROOF(from, tree, true), oldRoot: MTH(tree.slice(0, from)), newRoot: MTH(tree) };
  put('consistency', label, 'accepted', good);
  const bad = (name, change) => {
    const corrupted = { ...good, ...change };
    if (!holds.consistency(corrupted)) put('consistency', `${label}, ${name}`, 'refused', corrupted);
  };
  const { proof, oldRoot, newRoot } = good;
  bad('one leaf fewer before', { from: from - 1 });
  bad('one leaf more before', { from: from + 1 });
  bad('from nothing', { from: 0 });
  bad('backwards in time', { from: to, to: from, oldRoot: newRoot, newRoot: from === to ? noise : oldRoot });
  bad('from behind the end', { from: to + 1 });
  bad('a fraction', { from: from + 0.5 });
  bad('twice as large', { to: to * 2 });
  bad('the older root changed', { oldRoot: flip(oldRoot) });
  bad('the newer root changed', { newRoot: flip(newRoot) });
  bad('both roots the older', { newRoot: from === to ? noise : oldRoot });
  bad('both roots the newer', { oldRoot: from === to ? noise : newRoot });
  bad('roots exchanged', { oldRoot: newRoot, newRoot: from === to ? noise : oldRoot });
  bad('a root of 31 bytes', { newRoot: newRoot.subarray(1) });
  bad('noise before', { proof: [noise, ...proof] });
  bad('noise behind', { proof: [...proof, noise] });
  bad('nothing', { proof: proof.length === 0 ? [newRoot] : [] });
  for (const [at, hash] of proof.entries()) {
    bad(`bit of hash ${at}`, { proof: changed(proof, at, flip(hash, at)) });
    bad(`without hash ${at}`, { proof: proof.toSpliced(at, 1) });
  }
  if (proof.length > 1) bad('the proof backwards', { proof: proof.toReversed() });
  if (proof.length > 0) bad('the last hash twice', { proof: [...proof, proof.at(-1)] });
}

for (const [index, size] of [
  [0, 1],
  [0, 8],
  [5, 8],
  [2, 3],
  [1, 5],
])
  inclusion(`leaf ${index} of ${size}`, eight.slice(0, size), index);
for (const [index, size] of [
  [6, 7],
  [256, 300],
])
  inclusion(`leaf ${index} of ${size} of our own`, many.slice(0, size), index);
for (const [from, to] of [
  [1, 1],
  [1, 8],
  [6, 8],
  [2, 5],
])
  consistency(`${from} to ${to}`, eight.slice(0, to), from);
for (const [from, to] of [
  [7, 300],
  [256, 257],
])
  consistency(`${from} to ${to} of our own`, many.slice(0, to), from);

// ── Leaves: an entry under its salt, in the tree ────────────────────────────────────────────────────────────────────

{
  const salt = sha(Buffer.from('salt'));
  const entry =
    '{"facts":{"incidentId":"6f2c1d1e-4c5b-4b7a-9d0e-1f2a3b4c5d6e","revision":1},"type":"incident.filed","version":1}';
  const commit = (key, text) => leafOf(createHmac('sha256', key).update(text).digest());
  const tree = many.slice(0, 12).with(7, commit(salt, entry));
  const good = { index: 7, size: 12, salt, entry, proof: PATH(7, tree), root: MTH(tree) };
  put('leaf', 'an entry in its place', 'accepted', good);
  const bad = (name, change) => put('leaf', name, 'refused', { ...good, ...change });
  bad('another salt', { salt: flip(salt) });
  bad('no salt', { salt: Buffer.alloc(0) });
  bad('a salt of 31 bytes', { salt: salt.subarray(1) });
  bad('a salt of zeroes', { salt: Buffer.alloc(32) });
  bad('another id', { entry: entry.replace('6f2c', '6f2d') });
  bad('another type', { entry: entry.replace('filed', 'closed') });
  bad('another revision', { entry: entry.replace('"revision":1', '"revision":2') });
  bad('another version', { entry: entry.replace('"version":1', '"version":2') });
  bad('a space more', { entry: entry.replace(':', ': ') });
  bad('a newline behind', { entry: `${entry}\n` });
  bad('other letter case', { entry: entry.toUpperCase() });
  bad('members in another order', {
    entry: JSON.stringify({ type: 'incident.filed', version: 1, ...JSON.parse(entry) }),
  });
  bad('a member more', { entry: entry.replace(/}$/, ',"x":0}') });
  bad('a member less', { entry: entry.replace(',"version":1', '') });
  bad('nothing at all', { entry: '' });
  bad('erased, and claimed to be empty', { entry: '{}', salt: Buffer.alloc(32) });
  bad('the salt as entry', { entry: salt.toString('hex') });
  bad('in another place', { index: 6 });
  bad('in the tree before it', { root: MTH(many.slice(0, 12)) });
  bad('in a tree without it', { size: 7 });
}

// ── Checkpoints ─────────────────────────────────────────────────────────────────────────────────────────────────────

{
  const keyOf = (seed) => {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha(Buffer.from(seed))]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return { secret, raw: createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12) };
  };
  const log = keyOf('log');
  const rogue = keyOf('rogue');
  const witness = keyOf('witness');
  const origin = 'ronda.example/ledger/0';
  const idOf = (name, key, type = 1) => sha(Buffer.from(`${name}\n`), Buffer.of(type), key.raw).subarray(0, 4);
  const vkey = (name, key, type = 1) =>
    `${name}+${idOf(name, key, type).toString('hex')}+${Buffer.concat([Buffer.of(type), key.raw]).toString('base64')}`;
  const line = (name, id, signature) => `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
  const signed = (text, { name = origin, key = log, id = idOf(name, key) } = {}) =>
    line(name, id, sign(null, Buffer.from(text), key.secret));
  const cosigned = (text, seconds, { key = witness, name = 'witness.example' } = {}) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
    return line(name, idOf(name, witness, 4), Buffer.concat([time, sign(null, message, key.secret)]));
  };
  const root = MTH(many.slice(0, 42));
  const body = ({ o = origin, size = '42', r = root.toString('base64'), more = '' } = {}) =>
    `${o}\n${size}\n${r}\n${more}`;
  const text = body();
  const signature = signed(text);
  const base = { origin, verifiers: [vkey(origin, log)] };
  const witnessed = { origin, verifiers: [vkey(origin, log), vkey('witness.example', witness, 4)] };
  const put1 = (name, expected, note, of = base) => put('checkpoint', name, expected, { ...of, note });
  const good = (name, note, of) => put1(name, 'accepted', note, of);
  const bad = (name, note, of) => put1(name, 'refused', note, of);

  good('as the log signs it', `${text}\n${signature}`);
  good(
    'with the signature of a stranger',
    `${text}\n${signed(text, { name: 'somebody.example', key: rogue })}${signature}`,
  );
  good('with a witness nobody knows', `${text}\n${signature}${cosigned(text, 1763700000)}`);
  good('with a witness that is known', `${text}\n${signature}${cosigned(text, 1763700000)}`, witnessed);
  good('with a line of extension', `${body({ more: 'extension\n' })}\n${signed(body({ more: 'extension\n' }))}`);
  good(
    'of a tree without leaves',
    `${body({ size: '0', r: sha().toString('base64') })}\n${signed(body({ size: '0', r: sha().toString('base64') }))}`,
  );

  // What was signed is another text.
  const swapped = (name, other) => bad(`signed for another ${name}`, `${other}\n${signature}`);
  swapped('origin', body({ o: 'ronda.example/ledger/1' }));
  swapped('size, one more', body({ size: '43' }));
  swapped('size, one fewer', body({ size: '41' }));
  swapped('size, a zero more', body({ size: '420' }));
  swapped('root', body({ r: flip(root).toString('base64') }));
  swapped('root, of no tree', body({ r: sha().toString('base64') }));
  swapped('text, with an extension', body({ more: 'extension\n' }));
  swapped('text, with a line before', `x\n${text}`);
  swapped('text, in capitals', text.toUpperCase());
  swapped('text, with a space behind', text.replace('\n', ' \n'));
  // Truly signed, and still no checkpoint of this log.
  const ill = (name, other) => bad(`truly signed, ${name}`, `${other}\n${signed(other)}`);
  ill('of another log', body({ o: 'ronda.example/ledger/1' }));
  ill('without origin', body({ o: '' }));
  ill('without size', `${origin}\n${root.toString('base64')}\n`);
  ill('without root', `${origin}\n42\n`);
  ill('an origin alone', `${origin}\n`);
  for (const size of [
    '-1',
    '+42',
    '042',
    '00',
    '4 2',
    '42 ',
    ' 42',
    '4.2',
    '4e1',
    '0x2a',
    '',
    '٤٢',
    '9007199254740993',
    'NaN',
    '42n',
  ])
    ill(
      `of size «${size.replace('٤٢', 'arabic digits').replace(/^$/, 'empty').replace('-', 'minus ').replace('+', 'plus ').replace('.', ' point ').replace(/^ /, 'space ').replace(/ $/, ' space')}»`,
      body({ size }),
    );
  ill('a root in hex', body({ r: root.toString('hex') }));
  ill('a root of 31 bytes', body({ r: root.subarray(1).toString('base64') }));
  ill('a root of 33 bytes', body({ r: Buffer.concat([root, Buffer.of(0)]).toString('base64') }));
  ill('a root in base64url', body({ r: Buffer.alloc(32, 0xff).toString('base64url') }));
  ill('a root without padding', body({ r: root.toString('base64').replace('=', '') }));
  ill('a root with a space', body({ r: ` ${root.toString('base64')}` }));
  ill(
    'a root with loose bits',
    body({ r: `${root.toString('base64').slice(0, -2)}${root.toString('base64').at(-2) === '8' ? '9' : 'B'}=` }),
  );
  ill('size and root exchanged', `${origin}\n${root.toString('base64')}\n42\n`);
  // Signatures.
  const raw = sign(null, Buffer.from(text), log.secret);
  const id = idOf(origin, log);
  bad('unsigned', text);
  bad('unsigned, with the empty line', `${text}\n`);
  bad('signed by another key', `${text}\n${signed(text, { key: rogue })}`);
  bad('signed by another key under the id of the log', `${text}\n${signed(text, { key: rogue, id })}`);
  bad('signed under another name', `${text}\n${line('somebody.example', id, raw)}`);
  bad('signed under another id', `${text}\n${line(origin, flip(id), raw)}`);
  bad('signed by a stranger alone', `${text}\n${signed(text, { name: 'somebody.example', key: rogue })}`);
  bad('by a witness alone', `${text}\n${cosigned(text, 1763700000)}`, witnessed);
  for (const at of [0, 1, 15, 31, 32, 33, 47, 62, 63])
    bad(`signature, bit of byte ${at}`, `${text}\n${line(origin, id, flip(raw, at))}`);
  bad('signature of 63 bytes', `${text}\n${line(origin, id, raw.subarray(0, 63))}`);
  bad('signature of 65 bytes', `${text}\n${line(origin, id, Buffer.concat([raw, Buffer.of(0)]))}`);
  bad('signature of zeroes', `${text}\n${line(origin, id, Buffer.alloc(64))}`);
  bad('no signature behind the id', `${text}\n${line(origin, id, Buffer.alloc(0))}`);
  bad('the signature twice, once changed', `${text}\n${signature}${line(origin, id, flip(raw))}`);
  // Order of the group, added to S: the same point, and not the one signature (RFC 8032 §5.1.7).
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + order;
  bad(
    'signature made malleable',
    `${text}\n${line(origin, id, Buffer.concat([raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]))}`,
  );
  // The form of a note.
  const form = (name, note) => bad(`form, ${name}`, note);
  form('a hyphen for the dash', `${text}\n${signature.replace('—', '-')}`);
  form('an en dash', `${text}\n${signature.replace('—', '–')}`);
  form('two hyphens', `${text}\n${signature.replace('—', '--')}`);
  form('no dash', `${text}\n${signature.replace('— ', '')}`);
  form('no space behind the dash', `${text}\n${signature.replace('— ', '—')}`);
  form('two spaces behind the dash', `${text}\n${signature.replace('— ', '—  ')}`);
  form('a tab', `${text}\n${signature.replace('— ', '—\t')}`);
  form('no newline at the end', `${text}\n${signature.slice(0, -1)}`);
  form('a space at the end', `${text}\n${signature.slice(0, -1)} \n`);
  form('no empty line', `${text}${signature}`);
  form('an empty line behind', `${text}\n${signature}\n`);
  form(
    'an empty line between signatures',
    `${text}\n${signature}\n${signature}`.replace(/\n— (.*)\n\n— /, '\n— $1\n\n\n— '),
  );
  form('Windows line ends', `${text}\n${signature}`.replaceAll('\n', '\r\n'));
  form('a null', `${text}\n${signature}`.replace('ronda', 'ron\0da'));
  form('an escape', `${text}\n${signature}`.replace('ronda', 'ron\u001bda'));
  form('a byte order mark', `\ufeff${text}\n${signature}`);
  form(
    'a signature in base64url',
    `${text}\n${signature.replace(/ (\S+)\n$/, (_, b) => ` ${Buffer.from(b, 'base64').toString('base64url')}-_\n`)}`,
  );
  form('a signature in hex', `${text}\n— ${origin} ${Buffer.concat([id, raw]).toString('hex')}\n`);
  form('a signature with a comma', `${text}\n${signature.replace(/\n$/, ',\n')}`);
  form('a name with a plus', `${text}\n${line('a+b', id, raw)}${signature}`);
  form('a line of prose among the signatures', `${text}\nso say we all\n${signature}`);
  form('nothing', '');
  form('a newline', '\n');
  form('signatures alone', signature);
  form('a hundred signatures and one', `${text}\n${signature.repeat(101)}`);
  form('the signature before the text', `${signature}\n${text}`);
  // Witnesses.
  const seen = (name, cosignature) => bad(`witness, ${name}`, `${text}\n${signature}${cosignature}`, witnessed);
  const wid = idOf('witness.example', witness, 4);
  const honest = Buffer.from(cosigned(text, 1763700000).split(' ')[2], 'base64').subarray(4);
  seen('another time', line('witness.example', wid, flip(honest, 7)));
  seen('a changed signature', line('witness.example', wid, flip(honest, 20)));
  seen('without its time', line('witness.example', wid, honest.subarray(8)));
  seen('the time alone', line('witness.example', wid, honest.subarray(0, 8)));
  seen('of another text', cosigned(body({ size: '43' }), 1763700000));
  seen('of another key', cosigned(text, 1763700000, { key: rogue }));
  seen('as a log signs', line('witness.example', wid, sign(null, Buffer.from(text), witness.secret)));
  // Keys that were handed in.
  bad('the key of another log', `${text}\n${signature}`, { origin, verifiers: [vkey('ronda.example/ledger/1', log)] });
  bad('no key', `${text}\n${signature}`, { origin, verifiers: [] });
  const name1 = 'other.example';
  bad('another log may sign it and does', `${text}\n${signed(text, { name: name1, key: rogue })}`, {
    origin,
    verifiers: [vkey(name1, rogue)],
  });
}

mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(path.join(folder, file));
for (const [file, content] of cases)
  writeFileSync(path.join(folder, `${file}.json`), `${JSON.stringify(content, null, 2)}\n`);
const refused = [...cases.values()].filter(({ expected }) => expected === 'refused').length;
console.log(`${cases.size} cases, ${refused} of them corrupted`);
