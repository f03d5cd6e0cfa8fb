import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface SchemaCase {
  /** Of its file. */
  name: string;
  should: 'pass' | 'fail';
  incident: Record<string, unknown>;
  /** What a pointer to the defect looks like, as the file's name tells it. */
  defect: RegExp;
}

/** Kinds of defect behind the member's name: `action.error.vector_missing`, `timeline.incident.day.high`. */
const KIND = /[._](missing|empty|duplicate|invalid|unrecognized|present|long|short|alpha|high|low|numbers|not_array)$/;

/** Files whose one defect is elsewhere than their name says; their own message may tell, or nothing does. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'action.error.vector_empty': 'action.misuse.vector',
  'action.error.vector_missing': 'action.misuse.vector',
  'action.physical_unrecognized': 'action.social',
  'attribute.availability_unrecognized': 'attribute',
  impact_unrecognized: '',
};

/** Members that the name does not call by their own. */
const MISNAMED: Readonly<Record<string, string>> = {
  // The indicator is what an ioc has to have.
  'ioc.0.variety': 'ioc.0.indicator',
  // The rating is beside the losses, and not one of them.
  'impact.loss.overall_rating': 'impact.overall_rating',
  root: '',
};

/** The documents of `veris/schema-cases`, each with one defect or none. */
export function schemaCases(dir: string): SchemaCase[] {
  return readdirSync(dir).map((file) => {
    const { incident, should } = JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Pick<
      SchemaCase,
      'incident' | 'should'
    >;
    const name = file.replace(/\.json$/, '');
    const [, kind] = KIND.exec(name) ?? [];
    const member = name.replace(KIND, '');
    const pointer = (ELSEWHERE[name] ?? MISNAMED[member] ?? member)
      .split('.')
      .filter((step) => step !== '')
      .map((step) => `/${step}`)
      .join('');
    // What is not recognised is below what the name says; an item that is wrong as well; all else is that itself.
    const below = kind === 'unrecognized' ? '/[^/]+' : kind === 'invalid' || kind === 'numbers' ? '/\\d+' : '(/.+)?';
    return { name, should, incident, defect: new RegExp(`^${pointer}${below}$`) };
  });
}
