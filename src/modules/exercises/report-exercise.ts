import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { invalidInput, notFound } from '../../kernel/problem.js';
import type { ReportFormat, ReportQuery, TimelineQuery, TimelineView } from './after-action.dto.js';
import { report, reportCsv, reportHtml, reportMarkdown, teamReport, timeline } from './core/index.js';
import type { LogEntry, Part, Report } from './core/index.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { noReportYet, notStaff } from './exercise.problems.js';
import { ExerciseReader } from './exercise.reader.js';
import { toTimelineItem } from './exercise.view.js';
import { ExercisesStore } from './exercises.store.js';
import type { ExerciseRow } from './exercises.store.js';

const writers: Record<ReportFormat, (report: Report, part: Part) => string> = {
  html: reportHtml,
  md: reportMarkdown,
  csv: reportCsv,
};

/** What happened, as the caller may read it: a team what concerns it, controllers and evaluators all of it. */
@Injectable()
export class ReportExercise {
  constructor(
    private readonly reader: ExerciseReader,
    private readonly exercises: ExercisesStore,
    private readonly log: ExerciseLogStore,
  ) {}

  /** The after-action report: the common part, and annexes. Of the same scenario and log the same, byte for byte. */
  async run(actor: Actor, id: string, { format, part, team }: ReportQuery): Promise<string> {
    const row = await this.reader.row(actor, id);
    const write = writers[format];
    if (row.part === null) {
      const own = await this.ownReport(actor, row, team);
      return write(own, part === 'common' ? 'common' : { team: actor.organisationId });
    }
    const [script, entries] = await Promise.all([this.exercises.script(), this.log.since(0)]);
    if (!script) throw notFound();
    const whole = report(script, entries);
    assertTeam(entries, team);
    if (team === undefined) return write(whole, part === 'common' ? 'common' : 'all');
    return write(teamReport(whole, entries, team), part === 'common' ? 'common' : { team });
  }

  async timeline(actor: Actor, id: string, { team, untilSeconds, after, limit }: TimelineQuery): Promise<TimelineView> {
    const row = await this.reader.row(actor, id);
    if (row.part === null) assertOwn(actor, team);
    // To a player the database gives its own entries alone.
    const entries = await this.log.since(0);
    if (row.part !== null) assertTeam(entries, team);
    const items = timeline(entries, row.part === null ? null : (team ?? null))
      .filter(({ exerciseMs }) => untilSeconds === undefined || exerciseMs <= untilSeconds * 1000)
      .slice(after, after + limit)
      .map(toTimelineItem);
    return { items, position: items.at(-1)?.position ?? after };
  }

  private async ownReport(actor: Actor, row: ExerciseRow, team: string | undefined): Promise<Report> {
    assertOwn(actor, team);
    const own = (await this.log.scores()).find(({ organisation }) => organisation === actor.organisationId);
    if (row.state !== 'ended' || !own?.report) throw noReportYet();
    return own.report;
  }
}

function assertOwn(actor: Actor, team: string | undefined): void {
  if (team !== undefined && team !== actor.organisationId) throw notStaff();
}

function assertTeam(entries: readonly LogEntry[], team: string | undefined): void {
  const isThere = (entry: LogEntry): boolean => entry.kind === 'joined' && entry.team.id === team;
  if (team !== undefined && !entries.some(isThere))
    throw invalidInput([{ pointer: '/team', detail: 'This is no team of the exercise.', in: 'query' }]);
}
