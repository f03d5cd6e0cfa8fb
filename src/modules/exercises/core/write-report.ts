import { csvLines } from '../../../codecs/spreadsheet/index.js';
import { WATERMARK } from '../../../kernel/watermark.js';
import { STATES } from './report.js';
import type { GivenInject, Medians, Report, ReportTeam } from './report.js';
import type { MilestoneState } from './score.js';

/** What of a report is written: what everybody gets, or beside it the annex of one team, or of all (controllers). */
export type Part = 'common' | { team: string } | 'all';

const annexesOf = ({ teams }: Report, part: Part): ReportTeam[] =>
  part === 'common' ? [] : part === 'all' ? teams : teams.filter(({ team }) => team.id === part.team);

/** Whoever gets all annexes compares runs by it; of few teams it would tell the others' scores. */
const hashOf = ({ scoreHash }: Report, part: Part): string[] =>
  part === 'all' && scoreHash !== null ? [`Score ${scoreHash}`] : [];

/** `2:05` hours and minutes of exercise time. */
function timeText(ms: number | null): string {
  if (ms === null) return '–';
  const minutes = Math.floor(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

const zoned = (at: string | null, timeZone: string): string =>
  at === null
    ? '–'
    : new Intl.DateTimeFormat('en-GB', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(Date.parse(at));

type Row = (string | number)[];

interface Section {
  title: string;
  lines: string[];
  table: { head: string[]; rows: Row[] } | null;
  chart: string | null;
}

/** What the report says, once for both ways of writing it. */
function sectionsOf(report: Report, part: Part): Section[] {
  const section = (title: string, more: Partial<Section>): Section => ({
    title,
    lines: [],
    table: null,
    chart: null,
    ...more,
  });
  const common = [
    section('Run', {
      lines: [
        report.scenario.summary,
        `Scenario ${report.scenario.id}, version ${report.scenario.version}. STARTEX ${zoned(report.startedAt, 'UTC')} UTC, ENDEX ${zoned(report.endedAt, 'UTC')} UTC; ${timeText(report.durationMs)} of exercise time.`,
        `${report.teams.length} teams: ${report.teams.map(({ publicName }) => publicName).join(', ')}.`,
      ],
    }),
    section('Injects', {
      table: {
        head: ['No.', 'Inject', 'Channel', 'First given', 'Given to', 'Seen by'],
        rows: report.injects.map((each) => [
          each.number,
          each.title,
          each.channel,
          timeText(each.atExerciseMs),
          each.deliveries,
          each.seen,
        ]),
      },
    }),
    section('Objectives', {
      chart: objectivesChart(report),
      table: {
        head: ['Objective', ...STATES, 'Strengths', 'Gaps'],
        rows: report.objectives.map(({ title, states, strengths, gaps }) => [
          title,
          ...STATES.map((state) => states[state]),
          strengths.join('; '),
          gaps.join('; '),
        ]),
      },
    }),
    section('Remarks', {
      lines: report.remarks.filter(({ team }) => team === null).map(({ sense, text }) => `${sense}: ${text}`),
    }),
    section('Lessons', {
      table: {
        head: ['Lesson', 'Owner', 'State'],
        rows: report.lessons.map(({ text, owner, state }) => [text, owner ?? '–', state]),
      },
    }),
  ];
  // A team is given its own count (`teamReport`).
  const evidence = part === 'all' ? 'Evidence (log)' : 'Evidence (timeline)';
  const annexes = annexesOf(report, part).flatMap((each) => {
    const { team, seats, titles, medianMs, acts, given, news } = each;
    return [
      section(`Annex: ${team.name}`, {
        lines: [
          `STARTEX ${zoned(report.startedAt, team.timeZone)}, ENDEX ${zoned(report.endedAt, team.timeZone)} (${team.timeZone}).`,
          mediansText(medianMs),
          ...report.remarks.filter((remark) => remark.team === team.id).map(({ sense, text }) => `${sense}: ${text}`),
        ],
        chart: timelineChart(report, each),
      }),
      ...seats.map((seat) =>
        section(`${team.name} as ${titles?.roles[seat.role] ?? seat.role}: ${seat.points} of ${seat.of}`, {
          table: {
            head: ['Milestone', 'State', 'Points', 'Of', 'At', 'After', evidence, 'Wanting', 'Evaluator'],
            rows: seat.milestones.map((score) => [
              titles?.milestones[score.milestone] ?? score.milestone,
              score.state,
              score.points,
              score.of,
              timeText(score.atExerciseMs),
              timeText(score.elapsedMs),
              score.evidence.join(', '),
              score.wanting.join(', '),
              score.override?.reason ?? '',
            ]),
          },
        }),
      ),
      ...(given
        ? [
            section(`${team.name}: injects and acts`, {
              table: {
                head: ['No.', 'Inject', 'Given', 'Seen', 'Acts until the next'],
                rows: timelineRows(given, acts),
              },
            }),
          ]
        : []),
      ...(news
        ? [
            section(`${team.name}: how the news travelled`, {
              lines: news.length === 0 ? ['It shared nothing, and nothing was shared with it.'] : [],
              table: {
                head: ['At', 'What', 'Record', 'Title', 'To', 'From'],
                rows: news.map(({ exerciseMs, way, verb, record, title, whom }) => [
                  timeText(exerciseMs),
                  verb,
                  record ?? '–',
                  title ?? '',
                  way === 'shared' ? whom.join(', ') || '–' : '',
                  way === 'received' ? whom.join(', ') || 'not named' : '',
                ]),
              },
            }),
          ]
        : []),
    ];
  });
  return [...common, ...annexes];
}

/** A report that was kept before it had all of them says what it did then. */
const mediansText = ({ detect, classify, report, share, all }: Medians): string =>
  classify === undefined || report === undefined
    ? `Median time to file ${timeText(detect)}, to share ${timeText(share)}, to all that was expected ${timeText(all)}.`
    : `Median time to detect ${timeText(detect)}, to classify ${timeText(classify)}, to report ${timeText(report)}, to share ${timeText(share)}, to all that was expected ${timeText(all)}.`;

const COLOURS: Record<MilestoneState, string> = {
  met: '#1b7f4b',
  partial: '#8fbf3f',
  late: '#e0a100',
  missed: '#b3261e',
  open: '#9aa0a6',
};

const bar = (x: number, y: number, width: number, height: number, fill: string, title: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"><title>${escapeHtml(title)}</title></rect>`;
const label = (x: number, y: number, text: string): string => `<text x="${x}" y="${y}">${escapeHtml(text)}</text>`;
const svg = (height: number, name: string, parts: readonly string[]): string =>
  `<svg viewBox="0 0 800 ${height}" role="img" aria-label="${escapeHtml(name)}">${parts.join('')}</svg>`;

function objectivesChart({ objectives }: Report): string {
  const bars = objectives.flatMap(({ title, states }, index) => {
    const total = STATES.reduce((sum, state) => sum + states[state], 0);
    let x = 300;
    const parts = STATES.map((state) => {
      const width = total === 0 ? 0 : Math.round((480 * states[state]) / total);
      const part =
        width === 0 ? '' : bar(x, index * 26, width, 18, COLOURS[state], `${title}: ${states[state]} ${state}`);
      x += width;
      return part;
    });
    return [label(0, index * 26 + 14, title.length > 42 ? `${title.slice(0, 41)}…` : title), ...parts];
  });
  const y = objectives.length * 26 + 4;
  const legend = STATES.flatMap((state, index) => [
    bar(300 + index * 96, y, 12, 12, COLOURS[state], state),
    label(316 + index * 96, y + 11, state),
  ]);
  return svg(y + 20, 'How milestones ended, by objective', [...bars, ...legend]);
}

/** What the team was given and saw above the line, its acts below it. A report that was kept without the first shows its acts. */
function timelineChart({ durationMs }: Report, { given, acts }: ReportTeam): string {
  const x = (ms: number): number => Math.round((Math.min(ms, durationMs) / Math.max(1, durationMs)) * 780) + 8;
  const reached = (given ?? []).flatMap(({ exerciseMs, seenMs, number, title }) => [
    bar(x(exerciseMs), 6, 3, 24, '#1f4e8c', `${timeText(exerciseMs)} inject ${number}: ${title}`),
    ...(seenMs === null
      ? []
      : [bar(x(seenMs), 18, 3, 12, '#7b5ea7', `${timeText(seenMs)} inject ${number} seen: ${title}`)]),
  ]);
  const done = acts.map(({ exerciseMs, verb }) =>
    bar(x(exerciseMs), 36, 3, 24, '#1b7f4b', `${timeText(exerciseMs)} ${verb}`),
  );
  const what = given ? 'above: injects as they were given (long) and seen (short), ' : '';
  const ends = [
    label(4, 78, '0:00'),
    label(given ? 150 : 330, 78, `${what}below: what the team did`),
    label(756, 78, timeText(durationMs)),
  ];
  const name = given ? 'Injects given and seen (above) and acts (below) over exercise time' : 'Acts over exercise time';
  return svg(84, name, ['<line x1="8" y1="33" x2="790" y2="33" stroke="#555"/>', ...reached, ...done, ...ends]);
}

/** Inject by inject, as the team was given them, with what it did until it was given the next. */
function timelineRows(given: readonly GivenInject[], acts: ReportTeam['acts']): Row[] {
  const between = (fromMs: number, untilMs: number): string =>
    actsText(acts.filter(({ exerciseMs }) => exerciseMs >= fromMs && exerciseMs < untilMs));
  const before = between(0, given[0]?.exerciseMs ?? Infinity);
  return [
    ...(before === '' ? [] : [['–', 'STARTEX', '–', '–', before]]),
    ...given.map(({ number, title, exerciseMs, seenMs }, index) => [
      number,
      title,
      timeText(exerciseMs),
      timeText(seenMs),
      between(exerciseMs, given[index + 1]?.exerciseMs ?? Infinity),
    ]),
  ];
}

/** `0:09 filed, classified; 0:12 revised ×3`: minute by minute, since one filing is several acts. */
function actsText(acts: ReportTeam['acts']): string {
  const minutes = new Map<string, Map<string, number>>();
  for (const { exerciseMs, verb } of acts) {
    const at = timeText(exerciseMs);
    const verbs = minutes.get(at) ?? new Map<string, number>();
    minutes.set(at, verbs.set(verb, (verbs.get(verb) ?? 0) + 1));
  }
  return [...minutes]
    .map(([at, verbs]) => {
      const done = [...verbs].map(([verb, count]) => (count === 1 ? verb : `${verb} ×${count}`));
      return `${at} ${done.join(', ')}`;
    })
    .join('; ');
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const STYLE = [
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#202124}p{overflow-wrap:anywhere}',
  '.mark{letter-spacing:.2em;text-align:center;font-weight:600;color:#b3261e}h2{margin-top:2rem}',
  'table{border-collapse:collapse;width:100%;font-size:13px}.wide{overflow-x:auto}',
  'th,td{border-bottom:1px solid #dadce0;padding:.3rem .5rem;text-align:left;vertical-align:top}',
  'svg{width:100%;font:12px system-ui,sans-serif}',
  '@media print{body{margin:0;max-width:none;font-size:12px}table{font-size:10px}th,td{padding:.1rem .4rem}h2{margin-top:1rem}',
  '.wide{overflow:visible}h2{break-after:avoid;break-inside:avoid}tr,svg{break-inside:avoid}.annex{break-before:page}}',
].join('');

/** One file that needs no other, and prints. */
export function reportHtml(report: Report, part: Part): string {
  const sections = sectionsOf(report, part).map(({ title, lines, table, chart }) => {
    const head = table?.head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('') ?? '';
    const rows =
      table?.rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`) ?? [];
    return [
      `<section${title.startsWith('Annex: ') ? ' class="annex"' : ''}><h2>${escapeHtml(title)}</h2>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      chart ?? '',
      // Wider than a phone: it is moved by itself, also with the keyboard.
      table && rows.length > 0
        ? `<div class="wide" role="region" tabindex="0" aria-label="${escapeHtml(title)}"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`
        : '',
      '</section>',
    ].join('\n');
  });
  const mark = `<p class="mark">${WATERMARK}</p>`;
  const title = escapeHtml(report.scenario.title);
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>\n<body><main>${mark}\n<h1>${title}</h1>\n${sections.join('\n')}\n${hashOf(
    report,
    part,
  )
    .map((hash) => `<p>${hash}</p>\n`)
    .join('')}${mark}</main></body></html>\n`;
}

/** Where a text could be taken for Markdown it is not. */
const plain = (text: string): string => text.replaceAll(/[\\`*_[\]<>|#]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ');

export function reportMarkdown(report: Report, part: Part): string {
  const sections = sectionsOf(report, part).map(({ title, lines, table }) => {
    const row = (cells: readonly (string | number)[]): string =>
      `| ${cells.map((cell) => plain(String(cell))).join(' | ')} |`;
    const rows =
      table && table.rows.length > 0
        ? [row(table.head), `|${table.head.map(() => ' --- |').join('')}`, ...table.rows.map(row)].join('\n')
        : null;
    return [`## ${plain(title)}`, ...lines.map(plain), ...(rows === null ? [] : [rows])].join('\n\n');
  });
  return `${[WATERMARK, `# ${plain(report.scenario.title)}`, ...sections, ...hashOf(report, part), WATERMARK].join('\n\n')}\n`;
}

/**
 * Of the teams of the part, each as a table under a head of its own, with an empty line between: milestones, one a line; what a
 * team was given, saw and did, in the order in which that happened; and what it shared and was shared with it.
 */
export function reportCsv(report: Report, part: Part): string {
  const annexes = annexesOf(report, part);
  const milestones = annexes.flatMap(({ team, seats }) =>
    seats.flatMap(({ role, milestones: scores }) =>
      scores.map((score) => [
        team.id,
        role,
        score.milestone,
        score.state,
        String(score.credit),
        String(score.points),
        String(score.of),
        timeText(score.atExerciseMs),
        timeText(score.elapsedMs),
        score.evidence.join(' '),
        score.override?.reason ?? '',
      ]),
    ),
  );
  const happened = annexes.flatMap(({ team, given = [], acts }) =>
    [
      ...given.flatMap(({ number, title, exerciseMs, seenMs }) => [
        { exerciseMs, cells: ['given', number, title, '', ''] },
        ...(seenMs === null ? [] : [{ exerciseMs: seenMs, cells: ['seen', number, title, '', ''] }]),
      ]),
      ...acts.map(({ exerciseMs, verb, record, seq }) => ({ exerciseMs, cells: [verb, '', '', record ?? '', seq] })),
    ]
      .sort((a, b) => a.exerciseMs - b.exerciseMs)
      .map(({ exerciseMs, cells }) => [team.id, timeText(exerciseMs), ...cells]),
  );
  return csvLines([
    [WATERMARK],
    ['team', 'role', 'milestone', 'state', 'credit', 'points', 'of', 'at', 'after', 'evidence', 'override'],
    ...milestones,
    [],
    ['team', 'at', 'what', 'inject', 'title', 'record', 'evidence'],
    ...happened,
    [],
    ['team', 'at', 'way', 'what', 'record', 'title', 'whom'],
    ...annexes.flatMap(({ team, news = [] }) =>
      news.map(({ exerciseMs, way, verb, record, title, whom }) => [
        team.id,
        timeText(exerciseMs),
        way,
        verb,
        record ?? '',
        title ?? '',
        whom.join(', '),
      ]),
    ),
  ]);
}
