// Pair comparisons by people: start one, follow it, read its verdict.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Card } from '../../ui/card.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { StudyDialog } from './study-dialog.tsx';
import { StudyResult } from './study-result.tsx';
import './evaluation.css';

export function Studies() {
  const [opened, setOpened] = useState(false);
  const user = useQuery(sessionQuery).data?.user;
  const { data, error, refetch } = useQuery(read('listStudies'));
  const steers = user != null && maySteer(user.role);
  return (
    <Card
      title="People compare pairs"
      note="Two images of one prompt, sides at random, blind to the model. Which follows the prompt better, and, separately, which looks better?"
      actions={
        steers && (
          <button type="button" className="button" onClick={() => setOpened(true)}>
            New comparison
          </button>
        )
      }
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.studies.length === 0 ? (
        <p className="soft">No comparison yet. Start one; raters find its pairs on the Rate page, under Pairs.</p>
      ) : (
        <div>
          {data.studies.map((study) => (
            <StudyResult key={study.id} study={study} steers={steers} />
          ))}
        </div>
      )}
      {opened && <StudyDialog onClose={() => setOpened(false)} />}
    </Card>
  );
}
