import { cvssScore } from '../../codecs/advisory/index.js';

export const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type CvssSeverity = (typeof SEVERITIES)[number];

/** The score of a vector, and what its specification calls that. */
export interface CvssScore {
  /** 0.0 to 10.0. */
  score: number;
  severity: CvssSeverity;
}

const VERSIONS = {
  cvss31: { prefix: 'CVSS:3.1/', says: 'CVSS 3.1' },
  cvss40: { prefix: 'CVSS:4.0/', says: 'CVSS 4.0' },
} as const;

/** Computes the score of a vector as a person gives it: nobody types one. */
export function scoreOf(version: keyof typeof VERSIONS, vector: string): CvssScore | { fault: string } {
  const { prefix, says } = VERSIONS[version];
  if (!vector.startsWith(prefix)) return { fault: `This is no vector of ${says}: it begins with ${prefix}.` };
  const metrics = vector
    .slice(prefix.length)
    .split('/')
    .map((metric) => metric.split(':', 1)[0]);
  if (new Set(metrics).size !== metrics.length)
    return { fault: `This is no vector of ${says}: a metric is named twice.` };
  const scored = cvssScore(vector);
  if (!scored)
    return { fault: `This is no vector of ${says}: it lacks a base metric, or one or its value is unknown.` };
  return {
    score: scored.score,
    severity: SEVERITIES.find((each) => each.toUpperCase() === scored.severityOfScore) ?? 'none',
  };
}
