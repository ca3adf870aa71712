import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { JobButton } from '../../jobs/job-button.tsx';
import { Card } from '../../ui/card.tsx';

type Step = Output<'getOverview'>['next'][number];

const PLACES = {
  prompts: ['/prompts', 'Open prompts'],
  rate: ['/rate', 'Rate'],
  invite: ['/settings', 'Invite'],
  study: ['/evaluation', 'Compare pairs'],
  export: ['/settings', 'Export'],
} as const;

const JOBS = {
  generate: ['generate', 'Draw images'],
  reward: ['reward train', 'Train the reward'],
  tune: ['tune', 'Tune the model'],
  evaluate: ['evaluate', 'Evaluate'],
} as const;

/** What to do next, the first thing first. */
export function NextSteps({ steps, steers }: { readonly steps: readonly Step[]; readonly steers: boolean }) {
  if (steps.length === 0) return null;
  return (
    <Card title="Next">
      <ol className="next-steps">
        {steps.map((step, i) => (
          <li key={step.text}>
            <span>
              <b>{step.text}</b>
              <span className="soft small block">{step.why}</span>
            </span>
            {steers && <StepButton action={step.action} primary={i === 0} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

export function StepButton({ action, primary }: { readonly action: Step['action']; readonly primary: boolean }) {
  if (action in JOBS) {
    const [kind, name] = JOBS[action as keyof typeof JOBS];
    return (
      <JobButton kind={kind} primary={primary}>
        {name}
      </JobButton>
    );
  }
  const [to, name] = PLACES[action as keyof typeof PLACES];
  return (
    <Link to={to} className={`button ${primary ? 'primary' : ''}`}>
      {name}
    </Link>
  );
}
