// How the project stands: each stage, the share of good pictures, and what to do next.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { JobRow } from '../../jobs/job-row.tsx';
import { useJobs } from '../../jobs/use-jobs.ts';
import { Card, Tiles } from '../../ui/card.tsx';
import { formatCount, formatShare } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { GoodByCategory } from './good-by-category.tsx';
import { NextSteps } from './next-steps.tsx';
import { StageList } from './stage-list.tsx';
import { Workers } from './workers.tsx';

export function Overview() {
  const session = useQuery(sessionQuery).data;
  const jobs = useJobs()?.jobs.filter(({ status }) => status !== 'running' && status !== 'stopping') ?? [];
  const steers = session?.user != null && maySteer(session.user.role);
  return (
    <Page
      title="Overview"
      lede="From people’s answers to a model that follows its prompts."
      query={useQuery({ ...read('getOverview'), refetchInterval: 15_000 })}
    >
      {({ project, stages, answers, goodShare, next }) => {
        const total = answers.good + answers.bad + answers.skip;
        return (
          <>
            <NextSteps steps={next} steers={steers} />
            <Tiles
              tiles={[
                { name: 'Answers', value: formatCount(total) },
                {
                  name: 'Good',
                  value: formatShare(total ? answers.good / total : null),
                  sub: formatCount(answers.good),
                },
                { name: 'Bad', value: formatShare(total ? answers.bad / total : null), sub: formatCount(answers.bad) },
                {
                  name: 'Skipped',
                  value: formatShare(total ? answers.skip / total : null),
                  sub: formatCount(answers.skip),
                },
                {
                  name: 'Base model',
                  value: <span className="name-value">{project.model}</span>,
                  sub: project.database === 'sqlite' ? 'SQLite' : 'PostgreSQL',
                },
              ]}
            />
            <div className="columns">
              <StageList stages={stages} />
              <GoodByCategory rows={goodShare} />
            </div>
            <Workers steers={steers} />
            {jobs.length > 0 && (
              <Card title="Earlier jobs">
                <div>
                  {jobs.slice(0, 8).map((job) => (
                    <JobRow key={job.id} job={job} steers={steers} />
                  ))}
                </div>
              </Card>
            )}
          </>
        );
      }}
    </Page>
  );
}
