import * as cvss from 'ae-cvss-calculator';

// As in codecs/advisory: Node finds its names under `default` alone.
const { Cvss3P1, Cvss4P0 } = 'default' in cvss ? (cvss.default as typeof cvss) : cvss;

export const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type CvssSeverity = (typeof SEVERITIES)[number];

/** The score of a vector, and what its specification calls that. */
export interface CvssScore {
  /** 0.0 to 10.0. */
  score: number;
  severity: CvssSeverity;
}

const VERSIONS = {
  cvss31: { prefix: 'CVSS:3.1/', says: 'CVSS 3.1', make: (vector: string) => new Cvss3P1(vector) },
  cvss40: { prefix: 'CVSS:4.0/', says: 'CVSS 4.0', make: (vector: string) => new Cvss4P0(vector) },
} as const;

/** Qualitative severity ratings. @see CVSS 3.1 §5, CVSS 4.0 §6 */
const severityOf = (score: number): CvssSeverity =>
  score === 0 ? 'none' : score < 4 ? 'low' : score < 7 ? 'medium' : score < 9 ? 'high' : 'critical';

/** Computes the score of a vector: nobody types one. */
export function scoreOf(version: keyof typeof VERSIONS, vector: string): CvssScore | { fault: string } {
  const { prefix, says, make } = VERSIONS[version];
  if (!vector.startsWith(prefix)) return { fault: `This is no vector of ${says}: it begins with ${prefix}.` };
  const metrics = vector
    .slice(prefix.length)
    .split('/')
    .map((metric) => metric.split(':', 1)[0]);
  if (new Set(metrics).size !== metrics.length)
    return { fault: `This is no vector of ${says}: a metric is named twice.` };
  try {
    const made = make(vector);
    if (!made.isBaseFullyDefined()) return { fault: `This vector of ${says} lacks a base metric.` };
    const { overall } = made.calculateScores();
    return { score: overall, severity: severityOf(overall) };
  } catch {
    // The library's words name its own classes.
    return { fault: `This is no vector of ${says}: one of its metrics or values is unknown.` };
  }
}
