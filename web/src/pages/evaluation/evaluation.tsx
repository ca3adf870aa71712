// What tuning was worth: people's verdicts on pairs, the judge's figures, and the pictures before and after.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { JobButton } from '../../jobs/job-button.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { FirstStep } from '../overview/first-step.tsx';
import { BeforeAfter } from './before-after.tsx';
import { Duels } from './duels.tsx';
import { Headline } from './headline.tsx';
import { Measures } from './measures.tsx';
import { Studies } from './studies.tsx';
import { TradeOff } from './trade-off.tsx';

export function Evaluation() {
  return (
    <Page
      title="Evaluation"
      lede="The same prompts and the same noise, drawn by each model. Prompts that no stage has seen are told apart."
      actions={<JobButton kind="evaluate">Evaluate</JobButton>}
      query={useQuery(read('getEvaluation'))}
    >
      {({ evaluation, measures }) => (
        <>
          {evaluation && <Headline contestants={evaluation.contestants} />}
          <Studies />
          {measures && <Measures {...measures} />}
          {evaluation === null && measures === null && (
            <Empty title="No evaluation yet">
              <p>
                Once a model is tuned, it draws the same prompts as the base, and a judge that shares nothing with the
                reward looks at both.
              </p>
              <FirstStep towards="evaluate" />
            </Empty>
          )}
          {evaluation && (
            <>
              <Duels contestants={evaluation.contestants} />
              <TradeOff contestants={evaluation.contestants} />
              <BeforeAfter evaluation={evaluation} />
            </>
          )}
        </>
      )}
    </Page>
  );
}
