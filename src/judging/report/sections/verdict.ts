// The verdict of people over pairs of images: win, lose and tie by majority, and what may be made of them.

import { SIMULATED_NOTICE } from '../../verdict/describe.ts';
import { relationOfP, sayVerdict } from '../../verdict/sentence.ts';
import { primaryRow, type StudyVerdict, type VerdictRow } from '../../verdict/verdict.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { shareBars } from '../charts/share-bars.ts';
import type { StudyData } from '../data.ts';
import { count, counted, number, percent, range, readableTime, shortHash, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Row, table, withInterval } from '../table.ts';
import { missingSection, type Section, section } from './section.ts';

const TITLE = 'Human verdict';
const COLORS = ['c-tuned', 'c-best', 'c-other1', 'c-other2'];

export function verdictSection(studies: readonly StudyData[], unanswered: readonly string[]): Section {
  const waiting = waitingStudies(unanswered);
  if (studies.length === 0)
    return waiting
      ? { id: 'verdict', title: TITLE, body: waiting, missing: true }
      : missingSection('verdict', TITLE, 'evaluate human');
  return section(
    'verdict',
    TITLE,
    html`<p>Raters saw two images of one prompt, on sides and in an order drawn for each of them, without a word about the models. They said which follows the prompt better (alignment) and, asked apart, which looks better (fidelity), or that it is a tie.</p>${studies.map(studyPart)}${waiting}`,
  );
}

/** Studies that stand ready: that nobody has answered yet is no reason to make them again. */
function waitingStudies(names: readonly string[]): Html | null {
  if (names.length === 0) return null;
  return html`<p class="missing">Nobody has answered yet: ${names.join(', ')}. Raters find the pairs in <code>collimate studio</code>.</p>`;
}

/** A notice that nobody can overlook, where the answers are not people's. */
function simulatedNotice(simulated: StudyVerdict['simulated']): Html | null {
  return simulated === 'none' ? null : html`<p class="notice" role="note">${SIMULATED_NOTICE[simulated]}</p>`;
}

function studyPart({ verdict, plan, votes }: StudyData): Html {
  const all = verdict.rows.filter(({ category }) => category === 'all');
  return html`<h3>Study ${verdict.study}</h3>${simulatedNotice(verdict.simulated)}
<p><b>${sayVerdict(verdict)}</b> ${counted(verdict.raters, 'rater')} gave ${counted(verdict.votes, 'answer')} about ${counted(verdict.pairs, 'pair')}${verdict.pairsDone < verdict.pairs ? '' : `, ${verdict.ratersPerPair} a pair`}.</p>
<div class="charts">${questionCharts(all)}${preferenceChart(all)}</div>
${verdictTable(all)}
<p class="rule">A pair is won by the answer given most often; two that lead together make a tie, as in (Lee et al., 2023). Intervals are 95 % and respect that votes of one prompt are alike and votes of one rater are alike: both are resampled. “Preferred” is the share of single votes, a tie counting half. p is that of the exact two-sided sign test over prompts; only the primary outcome confirms anything, the rest describe.</p>
<details><summary>By category</summary>${verdictTable(verdict.rows)}</details>
${agreementTable(verdict)}
${registered(verdict, plan)}
<p class="note">Every single vote is in <code>${votes}</code> beside this file.</p>`;
}

function nameOf({ a, b }: VerdictRow): string {
  return `${a} against ${b.replace(/^best-of-(\d+)$/, 'best of $1')}`;
}

/** For each comparison and question the bars of the paper: win, tie and lose. */
function questionCharts(rows: readonly VerdictRow[]): Html[] {
  const names = [...new Set(rows.map(nameOf))];
  return names.flatMap((name) =>
    (['alignment', 'fidelity'] as const).flatMap((question) => {
      const own = rows.filter((row) => nameOf(row) === name && row.question === question);
      if (own.length === 0) return [];
      const bars = own.map(({ split, pairs, figures: { win, tie, lose } }) => ({
        name: split,
        parts: [
          { name: 'win', value: Math.round(win.estimate * pairs), color: 'c-good' },
          { name: 'tie', value: Math.round(tie.estimate * pairs), color: 'c-skip' },
          { name: 'lose', value: Math.round(lose.estimate * pairs), color: 'c-bad' },
        ],
      }));
      return [shareBars(`${question === 'alignment' ? 'Alignment' : 'Fidelity'}: ${name}`, bars)];
    }),
  );
}

/** Wins less losses of each question and split, with their intervals: the trade-off as people see it. */
function preferenceChart(rows: readonly VerdictRow[]): Html {
  const names = [...new Set(rows.map(nameOf))];
  const groups = [...new Set(rows.map(({ question, split }) => `${question}|${split}`))];
  return intervalChart({
    title: 'Wins less losses',
    label: 'points of pairs, 95 % interval',
    rows: groups.map((group) => group.replace('|', ', ').replace('alignment', 'align').replace('fidelity', 'fid.')),
    series: names.map((name, i) => ({
      name,
      color: COLORS[i % COLORS.length]!,
      values: groups.map(
        (group) =>
          rows.find((row) => nameOf(row) === name && `${row.question}|${row.split}` === group)?.figures.net ?? null,
      ),
    })),
    domain: [-1, 1],
    format: (value) => signed(100 * value, 0),
    reference: 0,
  });
}

function verdictTable(rows: readonly VerdictRow[]): Html {
  const groupOf = (row: VerdictRow) => `${nameOf(row)} · ${row.question}`;
  const groups = [...new Set(rows.map(groupOf))];
  const body = groups.flatMap((group): Row[] => {
    const own = rows.filter((row) => groupOf(row) === group);
    return [
      { head: group, cells: [] },
      ...own.map(({ split, category, pairs, figures: { win, lose, tie, net, preference }, signs }) => ({
        head: category === 'all' ? `${split} prompts` : `${split}, ${category}`,
        cells: [
          count(pairs),
          withInterval(percent(win.estimate), win),
          withInterval(percent(lose.estimate), lose),
          withInterval(percent(tie.estimate), tie),
          withInterval(signed(100 * net.estimate), net),
          withInterval(percent(preference.estimate), preference),
          html`${signs.wins} : ${signs.losses}<span class="i">p ${relationOfP(signs.p)}</span>`,
        ],
        total: category === 'all',
      })),
    ];
  });
  const columns = ['Prompts', 'Pairs', 'Win', 'Lose', 'Tie', 'Win − lose', 'Preferred', 'Sign test'];
  return table(html`Verdict by majority <span>– 95 % intervals below each figure</span>`, columns, body);
}

function agreementTable({ agreement, leftShare, medianSeconds, excludedRaters }: StudyVerdict): Html {
  const rows = agreement.map(({ question, items, pairs, agreement: share, alpha }) => ({
    head: question,
    cells: [count(items), count(pairs), percent(share), alpha === null ? 'not defined' : number(alpha)],
  }));
  const facts = [
    leftShare === null ? '' : `The left image was chosen in ${percent(leftShare)} of decided answers.`,
    medianSeconds === null ? '' : `The median answer took ${number(medianSeconds, 1)} s.`,
    excludedRaters > 0 ? `${counted(excludedRaters, 'rater')} excluded from all figures.` : '',
  ];
  if (rows.length === 0)
    return html`<p class="note">No pair was answered by two raters, so their agreement cannot be told. ${facts.join(' ')}</p>`;
  return html`${table('Agreement of raters', ['Question', 'Pairs seen by several', 'Pairs of votes', 'Alike', 'Krippendorff’s α'], rows)}<p class="note">${facts.join(' ')}</p>`;
}

function registered(
  { registration, registered: same, createdAt, closedAt }: StudyVerdict,
  plan: StudyData['plan'],
): Html {
  const rows = Object.entries(plan).map(([key, value]) => html`<li><b>${key}</b>: ${String(value)}</li>`);
  return html`<details><summary>The plan, registered ${readableTime(createdAt)} as <code>${shortHash(registration)}</code></summary><p>${same ? 'Prompts, pairs and plan are those that were hashed before the first answer.' : html`<b>Prompts, pairs or plan were changed after they were registered.</b>`}${closedAt ? ` Closed ${readableTime(closedAt)}.` : ' The study is open.'}</p><ul>${rows}</ul></details>`;
}

/** The verdict of people as a line of the header; nothing where simulated raters answered. */
export function verdictLede(studies: readonly StudyData[]): Html | null {
  const human = studies.find(({ verdict }) => verdict.simulated === 'none');
  const primary = human && primaryRow(human.verdict);
  if (!human || !primary) return null;
  return html`<p class="lede">People’s verdict: ${sayVerdict(human.verdict)} Wins less losses 95 % ${range(primary.figures.net)} points.</p>`;
}
