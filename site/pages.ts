// Which pages the site has and how one finds them: what is not listed here is no page.

export interface Group {
  readonly title: string;
  /** Title and place of each page, as in the repository; places below `reference/` are made by the build. */
  readonly pages: readonly (readonly [title: string, path: string])[];
}

export const GROUPS: readonly Group[] = [
  {
    title: 'Begin',
    pages: [
      ['What it is', 'README.md'],
      ['The method, drawn', 'docs/concepts.md'],
      ['In an hour, with your own', 'docs/first-hour.md'],
      ['Your own model, step by step', 'docs/your-own.md'],
      ['What the demo shows', 'docs/demo.md'],
      ['Questions', 'docs/faq.md'],
    ],
  },
  {
    title: 'How to',
    pages: [
      ['Write and import prompts', 'docs/prompts.md'],
      ['Rate', 'docs/rating.md'],
      ['Serve the studio', 'docs/studio.md'],
      ['Lead raters', 'docs/leading.md'],
      ['Ask people which is better', 'docs/human-study.md'],
      ['Bring data in and out', 'docs/exchange.md'],
      ['Use other checkpoints', 'docs/checkpoints.md'],
      ['Tune at full size', 'docs/full-size.md'],
      ['Use a GPU', 'docs/gpu.md'],
      ['Work on several machines', 'docs/machines.md'],
      ['Choose a database', 'docs/database.md'],
      ['Mend what fails', 'docs/troubleshooting.md'],
    ],
  },
  {
    title: 'Understand',
    pages: [
      ['Ways to tune', 'docs/methods.md'],
      ['What answers are worth', 'docs/quality.md'],
      ['Evaluation', 'docs/evaluation.md'],
      ['The report', 'docs/report.md'],
      ['Experiments', 'docs/experiments.md'],
      ['Results', 'docs/results/README.md'],
      ['How the models were made', 'docs/pretraining.md'],
      ['Figures of the studio', 'docs/studio-figures.md'],
      ['Papers', 'docs/papers.md'],
      ['Beside other tools', 'docs/comparison.md'],
      ['Architecture', 'ARCHITECTURE.md'],
    ],
  },
  {
    title: 'Reference',
    pages: [
      ['Commands', 'reference/commands/index.md'],
      ['Configuration', 'reference/configuration.md'],
      ['API', 'reference/api/index.md'],
      ['Changes', 'CHANGELOG.md'],
      ['Contributing', 'CONTRIBUTING.md'],
      ['Security', 'SECURITY.md'],
      ['Work of others', 'NOTICE.md'],
    ],
  },
];
