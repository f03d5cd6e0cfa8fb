import type { Advisory } from './advisory.js';
import type { Fact } from './outline.js';
import { headFacts, sectionsOf } from './outline.js';

/** A text on one line in which no sign means anything but itself. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()<>#+\-.!|~&:=^$@]/g, '\\$&');

/** Only what a browser follows without running anything; a space or bracket would end it early. */
const linkTo = (url: string): string | null => (/^(https?|mailto):[^\s<>()\\]+$/i.test(url) ? `<${url}>` : null);

function line({ name, value, url }: Fact): string {
  const link = url === null ? null : linkTo(url);
  const said = link === null ? plain(value) : `[${plain(value)}](${link})`;
  return name === '' ? `- ${said}` : `- **${plain(name)}:** ${said}`;
}

/** An advisory as CommonMark: what its writer wrote in Markdown stays, everything else means itself. */
export function toMarkdown(advisory: Advisory): string {
  const parts = [
    `# ${plain(advisory.title)}`,
    `**${advisory.tlp ?? 'Unmarked'}**`,
    headFacts(advisory).map(line).join('\n'),
    ...(advisory.summary === null ? [] : [plain(advisory.summary)]),
    ...(advisory.body === null ? [] : [advisory.body]),
    ...sectionsOf(advisory).flatMap(({ heading, facts }) => [`## ${plain(heading)}`, facts.map(line).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}
