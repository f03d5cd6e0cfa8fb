export * from './advisory.js';
export { cvssScore } from './cvss.js';
export { NotExportable } from './not-exportable.js';
export { toAtom } from './to-atom.js';
export { toHtml } from './to-html.js';
export { toMarkdown } from './to-markdown.js';
export { toStixReport } from './to-stix-report.js';
