// How many images are wanted: by the configuration, and by the run that was asked for last where it did not come to its end,
// since its flags may have asked for more.

import { choosePrompts, countAskedImages } from '../../../method/feedback/prompts.ts';
import type { Config } from '../../../project/config/config.ts';
import { listConfigKeys, readKey } from '../../../project/config/config-keys.ts';
import type { Database } from '../../../project/database/database.ts';
import { listRuns, type Run } from '../../../project/learning/runs.ts';

export interface AskedImages {
  readonly asked: number;
  /** What there is to say of the latest run. */
  readonly detail?: string;
  /** The latest run, where it stopped before all that was asked for was drawn. */
  readonly stopped?: StoppedRun;
}

export interface StoppedRun {
  /** What it was asked for beside the configuration as it is now, such as `--images-per-prompt=12`. */
  readonly flags: readonly string[];
}

type DrawConfig = Pick<Config, 'seed' | 'prompts' | 'generate'>;

/** @param drawn what an earlier configuration asked for is there as well */
export async function countAsked(db: Database, config: Config, drawn: number): Promise<AskedImages> {
  const wanted = Math.max(drawn, await countAskedImages(db, config));
  const askedAt = (run: Run) => run.askedAt ?? run.startedAt;
  const last = (await listRuns(db, { stage: 'generate' }))
    .toSorted((a, b) => (askedAt(a) < askedAt(b) ? -1 : 1))
    .at(-1);
  if (last === undefined || last.status === 'done') return { asked: wanted };
  const { seed = config.seed, prompts, generate } = last.config as Partial<DrawConfig>;
  const its = { seed, prompts: { ...config.prompts, ...prompts }, generate: { ...config.generate, ...generate } };
  if (!canChoose(its))
    return {
      asked: wanted,
      detail: `latest run ${last.status}; what it asked for is not counted, since this release cannot read its prompts’ settings`,
    };
  const asked = Math.max(wanted, await countAskedImages(db, its));
  if (drawn >= asked || last.status === 'running') return { asked };
  return { asked, detail: `latest run ${last.status}`, stopped: { flags: listFlags(its, config) } };
}

/** Settings of an earlier release may make no prompts now, which takes nothing from the rest of the overview. */
function canChoose(config: DrawConfig): boolean {
  try {
    choosePrompts(config);
    return true;
  } catch {
    return false;
  }
}

/** What one configuration says otherwise than another, as flags; a mapping, which has none, by its key. */
function listFlags(its: DrawConfig, config: DrawConfig): string[] {
  return listConfigKeys().flatMap((key) => {
    const [own, other] = [readKey(its, key), readKey(config, key)];
    if (own === undefined || JSON.stringify(own) === JSON.stringify(other)) return [];
    return key.kind === 'mapping' ? [`(another ${key.path})`] : [`--${key.flag}=${quote(String(own))}`];
  });
}

/** For a shell. */
const quote = (text: string) => (/^[\w.,/:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
