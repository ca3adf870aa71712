// What the reward function learned, how well it predicts people, and where it is most wrong.

import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { JobButton } from '../../jobs/job-button.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { FirstStep } from '../overview/first-step.tsx';
import { MostWrong } from './most-wrong.tsx';
import { RewardAccuracy } from './reward-accuracy.tsx';
import { RewardCurves } from './reward-curves.tsx';
import { RewardReliability } from './reward-reliability.tsx';
import { RewardTiles } from './reward-tiles.tsx';

export function Reward() {
  return (
    <Page
      title="Reward"
      lede="A small network on frozen CLIP embeddings that learns to say what raters would."
      actions={<JobButton kind="reward train">Train the reward function</JobButton>}
      query={useQuery(read('getReward'))}
    >
      {({ reward, worst }) =>
        reward === null ? (
          <Empty title="No reward function yet">
            <p>
              Rate some images of each category, then train it here. A few hundred answers are enough to begin with.
            </p>
            <FirstStep towards="reward" />
          </Empty>
        ) : (
          <>
            <RewardTiles reward={reward} />
            <RewardAccuracy groups={reward.groups} />
            <div className="columns">
              <RewardCurves curve={reward.curve} bestStep={reward.bestStep} />
              <RewardReliability reliability={reward.reliability} />
            </div>
            <MostWrong images={worst} />
          </>
        )
      }
    </Page>
  );
}
