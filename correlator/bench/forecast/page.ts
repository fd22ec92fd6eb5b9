import { f1, precision, quantile, recall, type Score } from './score.ts'

export interface Row {
  name: string
  score: Score
}

export interface Reliability {
  stated: number
  came: number
  n: number
}

interface Report {
  date: string
  commit: string
  machine: string
  about: { name: string; about: string }[]
  days: number
  seeds: number
  heldOut: string[]
  readingsPerSecond: number
  sections: { title: string; rows: Row[] }[]
  reliability: Reliability[]
  sudden: { breaches: number; caught: number }
}

/** The measured figures as docs/generated/forecast.md. */
export function page(report: Report): string {
  const { about, sections, reliability, sudden } = report
  return [
    '# Forecast of limit breaches: measured',
    '',
    `Written by \`npm run bench:forecast\` on ${report.date}, commit ${report.commit}, ${report.machine}.`,
    '',
    '**Synthetic.** The traces come from a seeded generator (`correlator/bench/forecast/traces.ts`): no trustworthy open trace of',
    'refrigerated transport was found. They say how the methods compare on these forms, not how they do in your building.',
    '',
    `${report.days} days of five-minute readings, ${report.seeds} seeds for each form, three limits for each trace. The first 40 % of each trace`,
    'are for learning and for choosing the limit; only the rest is scored. Weights, thresholds and margins were chosen on other',
    `seeds. The starting weights saw no trace of ${report.heldOut.join(' and ')}; thresholds, calibration and margins were chosen on all`,
    'forms, so no form is wholly unseen. These seeds were run once, after everything was fixed.',
    '',
    '- Breach: first crossing after an hour in range. Recall: breaches warned of 15 to 60 minutes before; standing: still warned of',
    '  at 15 minutes. False: a warning without a breach in the next hour, merged within an hour. Lead: earliest warning in the hour',
    '  before. Brier: of the stated chance of a breach within 15 minutes; skill: against always stating the mean.',
    '- Time warned: a warning that hardly ever ends catches every breach and counts as few false ones, because these are merged;',
    '  read recall, precision and F1 together with this column.',
    ...about.map(({ name, about: what }) => `- ${name}: ${what}.`),
    '- best margin in hindsight: of seven margins the one that did best in the very row: it knows the answers.',
    '- rough replay: 5 % of the readings lost, 3 % late, 1 % failed, two hours of silence every few days.',
    '',
    ...sections.flatMap(({ title, rows }) => [`## ${title}`, '', table(rows), '']),
    '## How far the chances can be believed',
    '',
    'Forecast, chance of a breach within an hour, all readings where a breach would have counted:',
    '',
    '| stated | came true | readings |',
    '|---|---|---|',
    ...reliability
      .filter(({ n }) => n > 0)
      .map(({ stated, came, n }) => `| ${(stated / n).toFixed(2)} | ${(came / n).toFixed(2)} | ${n} |`),
    '',
    '## What nobody can foresee',
    '',
    `Of the breaches, ${sudden.breaches} came out of the middle of the range within a quarter of an hour (a door, a power cut);`,
    `${sudden.caught} of them were warned of. They are in all figures above.`,
    '',
    `Speed of the forecast, one core, everything it says and learns: ${report.readingsPerSecond.toLocaleString('en')} readings a second.`,
    '',
  ].join('\n')
}

function table(rows: readonly Row[]): string {
  return [
    '| method | recall | standing | precision | F1 | false per sensor-week | time warned | lead median, p10 (min) | Brier (skill) |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(({ name, score }) => `| ${name} | ${cells(score).join(' | ')} |`),
  ].join('\n')
}

function cells(score: Score): string[] {
  const { breaches, standing, falseEpisodes, weeks, warned, readings, leads, brier, forecasts, came } = score
  const share = came / Math.max(1, forecasts)
  const skill = 1 - brier / Math.max(1, forecasts) / (share * (1 - share))
  return [
    `${recall(score).toFixed(2)} of ${breaches}`,
    (standing / Math.max(1, breaches)).toFixed(2),
    precision(score).toFixed(2),
    f1(score).toFixed(3),
    (falseEpisodes / weeks).toFixed(1),
    `${((100 * warned) / readings).toFixed(1)} %`,
    leads.length === 0 ? '-' : `${quantile(leads, 0.5)}, ${quantile(leads, 0.1)}`,
    forecasts === 0 ? '-' : `${(brier / forecasts).toFixed(4)} (${skill.toFixed(2)})`,
  ]
}
