import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { advisory } from '../support/advisories.js';
import type { Json } from '../noninterference/teller.js';
import { exampleAdvisory } from '../support/csaf-tree.js';
import { readBundle } from '../../src/codecs/stix/index.js';
import { NotExportable, cvssScore, toAtom, toHtml, toMarkdown, toStixReport } from '../../src/codecs/advisory/index.js';

const one = exampleAdvisory('EX-1', ['2026-01-06T08:00:00.000Z']);
const ID = '6f2a1f0e-3b55-4c1f-9a4e-0c9b1d2e3f40';

/** The tags of a page, whatever stands between them. */
const tagsOf = (html: string): string[] =>
  [...html.matchAll(/<\/?([a-zA-Z!?][^\s>/]*)[^>]*>/g)].map((each) => each[1]!);

describe('HTML', () => {
  const known =
    /^(!doctype|html|head|meta|title|style|body|main|header|article|section|p|h[1-6]|dl|dt|dd|ul|ol|li|a|strong|em|s|code|pre|blockquote|br|hr|table|thead|tbody|tr|th|td)$/;

  it('holds no tag and no address that the writer brought', () => {
    fc.assert(
      fc.property(advisory, (each) => {
        const html = toHtml(each);
        expect(tagsOf(html).filter((tag) => !known.test(tag))).toEqual([]);
        expect(html).not.toMatch(/<[^>]+\s(on\w+|src|srcdoc)\s*=/i);
        expect(html).not.toMatch(/href="(?!https?:|mailto:|[^":]*")/i);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;'],
    ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['![x](https://tracker.example/x.png)', 'href="https://tracker.example/x.png"'],
  ])('renders %s harmlessly', (body, expected) => {
    const html = toHtml({ ...one, body });
    expect(html).toContain(expected);
    expect(html).not.toMatch(/<script|<img|href="javascript/i);
  });

  it('is a page with one h1, the label, what to do, and scores that were computed', () => {
    const html = toHtml(one);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('<p class="tlp">TLP:CLEAR</p>');
    expect(html).toContain('<h4>What to do</h4>');
    expect(html).toContain('<strong>4.2</strong>');
    expect(html).toContain('9.8 CRITICAL');
    expect(html).toContain('prefers-color-scheme');
    expect(html).toContain('@media print');
  });
});

describe('Markdown', () => {
  it('means what was written, and nothing else', () => {
    const markdown = new MarkdownIt({ html: true });
    fc.assert(
      fc.property(advisory, (each) => {
        const html = markdown.render(toMarkdown({ ...each, body: null }));
        expect(html).not.toMatch(/<(script|img|!--)/i);
        expect(html.match(/<h1>/g)).toHaveLength(1);
        expect(html).not.toMatch(/<(pre|table|blockquote)/);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the body as it is', () => {
    expect(toMarkdown(one)).toContain('\n\n## What to do\n\nInstall **4.2**.\n\n## Products\n');
  });
});

describe('Atom', () => {
  const feed = { id: 'urn:uuid:1', title: 'A & B', url: 'https://x.example/a?b&c', since: '2026-01-01T00:00:00.000Z' };
  const entryOf = (each: typeof one, at: number): Parameters<typeof toAtom>[1][number] => ({
    id: `urn:uuid:${at}`,
    url: `https://x.example/${at}`,
    advisory: each,
  });

  it('is well-formed whatever was written', () => {
    fc.assert(
      fc.property(fc.array(advisory, { maxLength: 3 }), (all) => {
        const xml = toAtom(feed, all.map(entryOf));
        const open: string[] = [];
        for (const [, close, name, , empty] of xml.matchAll(
          /<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)\s*(\/?)>/g,
        ))
          if (close) expect(open.pop()).toBe(name);
          else if (!empty) open.push(name!);
        expect(open).toEqual([]);
        expect(xml.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#39);)/);
        // eslint-disable-next-line no-control-regex
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(Buffer.from(xml, 'utf8').toString('utf8')).toBe(xml);
        expect(xml.match(/<entry/g) ?? []).toHaveLength(all.length);
      }),
      { numRuns: 100 },
    );
  });

  it('begins with what changed last, and says when that was', () => {
    const later = exampleAdvisory('EX-2', ['2026-01-06T08:00:00.000Z', '2026-02-01T00:00:00.000Z']);
    const xml = toAtom(feed, [one, later].map(entryOf));
    expect([...xml.matchAll(/<id>(.*?)<\/id>/g)].map((each) => each[1])).toEqual([
      'urn:uuid:1',
      'urn:uuid:1',
      'urn:uuid:0',
    ]);
    expect(xml).toContain('<title>A &amp; B</title>\n  <updated>2026-02-01T00:00:00.000Z</updated>');
    expect(toAtom(feed, [])).toContain('<updated>2026-01-01T00:00:00.000Z</updated>');
  });
});

describe('a STIX report', () => {
  it('is a bundle without a fault, whatever was written', () => {
    fc.assert(
      fc.property(advisory, (each) => {
        expect(readBundle(JSON.parse(JSON.stringify(toStixReport(ID, each)))).faults).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is on the vulnerabilities, what helps, and the indicators, under the label', () => {
    const { objects } = toStixReport(ID, one);
    const report = objects.at(-1) as Json;
    expect(report.id).toBe(`report--${ID}`);
    expect(objects.filter(({ id }) => report.object_refs.includes(id)).map(({ type }) => type)).toEqual([
      'vulnerability',
      'course-of-action',
      'relationship',
      'indicator',
    ]);
    expect(objects.find(({ type }) => type === 'indicator')!.pattern).toBe(
      "[domain-name:value = 'login.acme-bank.example']",
    );
    expect(report.object_marking_refs).toEqual(['marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487']);
    expect(toStixReport(ID, one)).toEqual(toStixReport(ID, one));
  });

  it('is never made of TLP:RED or of what is unmarked', () => {
    expect(() => toStixReport(ID, { ...one, tlp: 'TLP:RED' })).toThrow(NotExportable);
    expect(() => toStixReport(ID, { ...one, tlp: null })).toThrow(NotExportable);
  });
});

describe('a CVSS vector', () => {
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P', 9.8, 9.3, 'CRITICAL'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P', 9.3, 8.9, 'CRITICAL'],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 6.1, 'MEDIUM'],
    ['AV:N/AC:L/Au:N/C:P/I:P/A:P', 7.5, 7.5, 'HIGH'],
  ])('%s comes to %d, %d in all: %s', (vector, baseScore, score, severity) => {
    expect(cvssScore(vector)).toMatchObject({ baseScore, score, severity });
  });

  it.each(['', 'CVSS:3.1/AV:N', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Z', 'CVSS:9.9/AV:N', '9.8'])(
    '%j is none',
    (vector) => {
      expect(cvssScore(vector)).toBeNull();
    },
  );
});
