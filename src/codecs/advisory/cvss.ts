import * as cvss from 'ae-cvss-calculator';

/** CommonJS in one bundle: Node finds its names under `default` alone, and Jest finds them without. */
const { fromVector } = 'default' in cvss ? (cvss.default as typeof cvss) : cvss;

export interface CvssScore {
  /** `2.0`, `3.0`, `3.1` or `4.0`. */
  version: string;
  vector: string;
  /** 0 to 10, of the base metrics alone. */
  baseScore: number;
  /** 0 to 10, of everything that the vector says. */
  score: number;
  /** Of the base score. */
  severity: CvssSeverity;
  /** Of everything that the vector says. */
  severityOfScore: CvssSeverity;
}
export type CvssSeverity = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

interface Scored {
  isBaseFullyDefined(): boolean;
  calculateScores(): { base?: number; baseMetricsOnly?: number; overall: number };
}

/** The qualitative scale that CVSS 3.0 brought and 4.0 kept; of 2.0 the one that NVD uses. */
function severityOf(version: string, score: number): CvssSeverity {
  if (version === '2.0') return score >= 7 ? 'HIGH' : score >= 4 ? 'MEDIUM' : 'LOW';
  if (score >= 9) return 'CRITICAL';
  if (score >= 7) return 'HIGH';
  if (score >= 4) return 'MEDIUM';
  return score > 0 ? 'LOW' : 'NONE';
}

/** The library throws at some of what is no vector, and answers null to the rest. */
function read(vector: string): Scored | null {
  try {
    return fromVector(vector) as Scored | null;
  } catch {
    return null;
  }
}

/**
 * What a CVSS vector comes to.
 * @returns null where it is no vector, or lacks a base metric.
 */
export function cvssScore(vector: string): CvssScore | null {
  const version = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector)?.[1] ?? (vector.startsWith('AV:') ? '2.0' : null);
  if (version === null) return null;
  const parsed = read(vector);
  if (parsed?.isBaseFullyDefined() !== true) return null;
  const { base, baseMetricsOnly, overall } = parsed.calculateScores();
  const baseScore = baseMetricsOnly ?? base;
  if (baseScore === undefined) return null;
  return {
    version,
    vector,
    baseScore,
    score: overall,
    severity: severityOf(version, baseScore),
    severityOfScore: severityOf(version, overall),
  };
}
